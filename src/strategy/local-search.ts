import { type Architecture, randomFor, shuffle } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { Unseen } from './unseen.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'

const specs = {
  starts: {
    summary: 'random architectures tried before the best of them is climbed from, at first and after each summit',
    default: 10,
    from: 1,
    to: 100_000,
    whole: true,
  },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

interface Point {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly current: Point | undefined
  readonly left: number
  readonly seen: readonly number[]
}

/**
 * Local search (White, Nolen, Savani 2021, arXiv:2005.02960): neighbours of the best architecture are tried in a random order; a better one takes its
 * place at once; when all neighbours have been tried, it begins anew from the best of some random ones.
 */
class LocalSearch implements Strategy {
  readonly #context: StrategyContext
  readonly #starts: number
  readonly #unseen: Unseen
  #current: Point | undefined
  /** Random architectures to be told before the next climb. */
  #left: number
  /** Neighbours of the current point, once they are known. */
  #around: readonly Architecture[] | undefined
  /** Those of them that were found to have been told: they never come back. */
  #gone = new Set<Architecture>()

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    const { starts, isomorphs } = readOptions('local-search', specs, options)
    this.#starts = starts
    this.#left = starts
    this.#unseen = new Unseen(context.space, context.seed, isomorphs ? 'decisions' : 'network')
  }

  ask(n: number): Proposal | 'exhausted' {
    const current = this.#current
    if (current === undefined || this.#left > 0) return this.#unseen.proposal(n)
    const architecture = this.#firstUnseen(shuffle(randomFor(this.#context.seed, 'local-search', n), this.#neighbours(current)))
    return architecture ? { architecture, origin: 'neighbour', parents: [current.number] } : this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#left = Math.max(0, this.#left - 1)
    const value = fitness(this.#context.objectives, outcome)
    if (value !== undefined && (this.#current === undefined || value > this.#current.fitness)) {
      this.#moveTo({ number: outcome.number, architecture: outcome.architecture, fitness: value })
    }
    if (this.#current && this.#left === 0 && this.#firstUnseen(this.#neighbours(this.#current)) === undefined) {
      this.#moveTo(undefined)
      this.#left = this.#starts
    }
  }

  save(): State {
    return { current: this.#current, left: this.#left, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { current, left, seen } = state as State
    this.#moveTo(current)
    this.#left = left
    this.#unseen.restore(seen)
  }

  #neighbours(point: Point): readonly Architecture[] {
    this.#around ??= this.#context.space.neighbours(point.architecture)
    return this.#around
  }

  #firstUnseen(architectures: readonly Architecture[]): Architecture | undefined {
    return architectures.find((architecture) => {
      if (this.#gone.has(architecture)) return false
      if (!this.#unseen.has(architecture)) return true
      this.#gone.add(architecture)
      return false
    })
  }

  #moveTo(point: Point | undefined): void {
    this.#current = point
    this.#around = undefined
    this.#gone = new Set()
  }
}

export const localSearch: StrategyEntry = {
  name: 'local-search',
  summary: 'tries the neighbours of the best one by one, climbs to the first that is better, begins anew on a summit',
  paper: 'White, Nolen, Savani 2021, arXiv:2005.02960',
  options: listed(specs),
  descends: true,
  make: (context, options) => new LocalSearch(context, options),
}
