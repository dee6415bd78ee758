import type { Architecture, SearchSpace } from '../space/types.ts'

/** A metric to make better; the objective carries its direction. */
export interface Objective {
  readonly metric: string
  readonly direction: 'maximize' | 'minimize'
}

/** What came of a proposal. */
export interface Outcome {
  /** The proposal's; below 0 for trials of an earlier run, which are told before the first proposal. */
  readonly number: number
  readonly architecture: Architecture
  /**
   * 'failed' has no metrics (never a made-up number); 'stopped' before its training was whole, with what is expected of it. A trial that went on after that is
   * told again.
   */
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly metrics: Readonly<Record<string, number>>
}

export interface Proposal {
  readonly architecture: Architecture
  /** Numbers of the trials it descends from, if any. */
  readonly parents?: readonly number[]
  /** How it was made, for the record: 'random', 'mutation', 'crossover', … */
  readonly origin: string
  /** What the strategy knew when it made it, for the record: plain JSON, such as the probability of each decision. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * Proposes architectures and learns from outcomes; never trains, schedules, stores or prints.
 * `ask(n)` draws from a random stream keyed by (seed, n) and what has been told, so telling the history again recovers it.
 */
export interface Strategy {
  /** Proposal number `n`, 'exhausted' when the space has no more. */
  ask(n: number): Proposal | 'exhausted'
  tell(outcome: Outcome): void
  /** Plain JSON state, a shortcut for heavy models; `restore` accepts what `save` gave. */
  save(): unknown
  restore(state: unknown): void
}

export interface StrategyContext {
  readonly space: SearchSpace
  readonly seed: number
  readonly objectives: readonly Objective[]
  /** Whether children begin from the trained weights of the trial that they descend from: what parents learned counts then. */
  readonly inherits?: boolean
  /** Whether the network of `to` can begin as the very function of that of `from`; absent where nobody knows. */
  readonly grows?: (from: Architecture, to: Architecture) => boolean
}

/** A registry entry: data, so that help, docs and the page read the same. */
export interface StrategyEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  readonly options: Readonly<Record<string, { readonly summary: string; readonly default: number | string | boolean }>>
  /** Whether proposals name the trials that they descend from, whose trained weights a child can begin with. */
  readonly descends?: boolean
  /** Whether they always begin with them: the strategy counts on it. */
  readonly inherits?: boolean
  /** Why the strategy cannot take a space, as a sentence with the mend; undefined (or absent) when it can. */
  refuses?(space: SearchSpace): string | undefined
  make(context: StrategyContext, options?: Readonly<Record<string, number | string | boolean>>): Strategy
}
