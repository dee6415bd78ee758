import { type Architecture, pick, randomFor } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { Unseen } from './unseen.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'

const specs = {
  starts: { summary: 'random architectures tried before the best of them is climbed from', default: 10, from: 1, to: 100_000, whole: true },
} satisfies OptionSpecs

interface Point {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly current: Point | undefined
  readonly told: number
  readonly seen: readonly number[]
}

/**
 * Local search (White, Nolen, Savani 2021, arXiv:2005.02960): neighbours of the best architecture are tried in a random order; a better one takes its
 * place at once; when all neighbours have been tried, it begins anew from a random one.
 */
class LocalSearch implements Strategy {
  readonly #context: StrategyContext
  readonly #starts: number
  readonly #unseen: Unseen
  #current: Point | undefined
  #told = 0
  /** Neighbours of the current point that were not tried, once they are known. */
  #open: readonly Architecture[] | undefined

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#starts = readOptions('local-search', specs, options).starts
    this.#unseen = new Unseen(context.space, context.seed)
  }

  ask(n: number): Proposal | 'exhausted' {
    const current = this.#current
    if (current === undefined || this.#told < this.#starts) return this.#unseen.proposal(n)
    const architecture = pick(randomFor(this.#context.seed, 'local-search', n), this.#neighbours(current))
    return { architecture, origin: 'neighbour', parents: [current.number] }
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    if (this.#open) this.#open = this.#open.filter((architecture) => !this.#unseen.has(architecture))
    const value = fitness(this.#context.objectives, outcome)
    if (value !== undefined && (this.#current === undefined || value > this.#current.fitness)) {
      this.#current = { number: outcome.number, architecture: outcome.architecture, fitness: value }
      this.#open = undefined
    }
    if (this.#current && this.#told >= this.#starts && this.#neighbours(this.#current).length === 0) {
      this.#current = undefined
      this.#open = undefined
    }
  }

  save(): State {
    return { current: this.#current, told: this.#told, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { current, told, seen } = state as State
    this.#current = current
    this.#told = told
    this.#open = undefined
    this.#unseen.restore(seen)
  }

  #neighbours(point: Point): readonly Architecture[] {
    this.#open ??= this.#context.space.neighbours(point.architecture).filter((architecture) => !this.#unseen.has(architecture))
    return this.#open
  }
}

export const localSearch: StrategyEntry = {
  name: 'local-search',
  summary: 'tries the neighbours of the best one by one, climbs to the first that is better, begins anew on a summit',
  paper: 'White, Nolen, Savani 2021, arXiv:2005.02960',
  options: listed(specs),
  make: (context, options) => new LocalSearch(context, options),
}
