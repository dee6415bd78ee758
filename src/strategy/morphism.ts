import { type Architecture, integer, type Random, randomFor, type SearchSpace, shuffle } from '../space/index.ts'
import { complexityOf } from './complexity.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  starts: { summary: 'small networks trained first; the best of them grows', default: 4, from: 1, to: 100_000, whole: true },
  children: { summary: 'children of the best before the best of all goes on', default: 4, from: 1, to: 100_000, whole: true },
  morphs: { summary: 'a child differs from its parent by so many changes at most', default: 2, from: 1, to: 100, whole: true },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/** Random networks of which the simplest is a start. */
const DRAWS = 6
/** Draws of a child that is new before it is made by mutation. */
const TRIES = 20

interface Point {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly current: Point | undefined
  readonly best: Point | undefined
  readonly count: number
  readonly seen: readonly number[]
}

/**
 * Hill climbing by network morphism (Elsken, Metzen, Hutter 2017, arXiv:1711.04528): small networks first; children of the best are made by changes that keep
 * its function (more layers, channels, larger kernels, branches; another learning rate), begin with its weights and train on; then the best of parent and
 * children goes on. Where nothing more can grow, a child is made by mutation, or a random one begins anew.
 */
class Morphism implements Strategy {
  readonly #space: SearchSpace
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  /** The parent of new children; undefined while the small ones are trained. */
  #current: Point | undefined
  /** The best of it and what was told since it became the parent. */
  #best: Point | undefined
  #count = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#space = context.space
    this.#options = readOptions('morphism', specs, options)
    this.#unseen = new Unseen(context.space, context.seed, this.#options.isomorphs ? 'decisions' : 'network')
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    const random = randomFor(this.#context.seed, 'morphism', n)
    const parent = this.#current
    if (parent === undefined) return this.#start(random) ?? this.#unseen.proposal(n)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const architecture = this.#grown(parent.architecture, random)
      if (architecture === undefined) break
      if (!this.#unseen.has(architecture)) return { architecture, origin: 'morphism', parents: [parent.number] }
    }
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const architecture = this.#space.mutate(parent.architecture, random)
      if (!this.#unseen.has(architecture)) return { architecture, origin: 'mutation', parents: [parent.number] }
    }
    return this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#count++
    const value = fitness(this.#context.objectives, outcome)
    if (value !== undefined && (this.#best === undefined || value > this.#best.fitness)) {
      this.#best = { number: outcome.number, architecture: outcome.architecture, fitness: value }
    }
    if (this.#count < (this.#current === undefined ? this.#options.starts : this.#options.children)) return
    this.#current = this.#best
    this.#count = 0
  }

  save(): State {
    return { current: this.#current, best: this.#best, count: this.#count, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { current, best, count, seen } = state as State
    this.#current = current
    this.#best = best
    this.#count = count
    this.#unseen.restore(seen)
  }

  /** The simplest of some random networks. */
  #start(random: Random): Proposal | undefined {
    const drawn = Array.from({ length: DRAWS }, () => this.#space.sample(random)).filter((architecture) => !this.#unseen.has(architecture))
    const simple = drawn
      .map((architecture) => ({ architecture, complexity: complexityOf(this.#space, architecture) ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => a.complexity - b.complexity)
    return simple.length === 0 ? undefined : { architecture: simple[0].architecture, origin: 'random' }
  }

  /** Some changes after one another that all keep the function; undefined when there is none. */
  #grown(from: Architecture, random: Random): Architecture | undefined {
    const { grows = () => true } = this.#context
    const wanted = integer(random, 1, this.#options.morphs)
    let grown: Architecture | undefined
    for (let step = 0; step < wanted; step++) {
      // Against the first one: what was added must stay a morph of the whole.
      const next = shuffle(random, this.#space.neighbours(grown ?? from)).find((architecture) => grows(from, architecture))
      if (next === undefined) break
      grown = next
    }
    return grown
  }
}

export const morphism: StrategyEntry = {
  name: 'morphism',
  summary: 'network morphism: children of the best grow out of it with its weights, without changing what it computes, and train on',
  paper: 'Elsken, Metzen, Hutter 2017, arXiv:1711.04528',
  options: listed(specs),
  descends: true,
  inherits: true,
  make: (context, options) => new Morphism(context, options),
}
