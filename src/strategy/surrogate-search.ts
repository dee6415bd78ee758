import { type Architecture, type Random, randomFor } from '../space/index.ts'
import { Archive } from './archive.ts'
import { type Candidate, Mutants } from './mutants.ts'
import type { Outcome, Proposal, Strategy, StrategyContext } from './strategy.ts'
import { Unseen } from './unseen.ts'

/** Scores of candidates, the larger the better. `busy`: other proposals wait for their outcomes, so that the best must not always be the same. */
export type Judge<T> = (candidates: readonly T[], random: Random, busy: boolean) => ArrayLike<number>

/** A learned model of what architectures are worth. T is what it reads of one. */
export interface Surrogate<T> {
  describe(architecture: Architecture): T
  /** Learns from examples; of `values` only the order matters. */
  fit(examples: readonly T[], values: readonly number[], random: Random): Judge<T>
}

export interface SurrogateSearchOptions {
  /** Random trials before the model is asked. */
  readonly starts: number
  /** Trials from one fit of the model to the next; a twentieth of all once that is more. */
  readonly refit: number
  /** So many of the best are mutated. */
  readonly parents: number
  /** Whether an architecture that is the same network as one tried before may be proposed. */
  readonly isomorphs: boolean
}

/** A fit, and how many members it saw. */
interface Fitted<T> {
  readonly count: number
  readonly judge: Judge<T>
}

/**
 * Search with a surrogate model: random trials first; then mutants of the best ones are judged by the model and the best of them is proposed. Fits
 * depend on the history alone, so replaying it gives the same proposals without replaying the fits.
 */
export class SurrogateSearch<T> implements Strategy {
  readonly #context: StrategyContext
  readonly #surrogate: Surrogate<T>
  readonly #options: SurrogateSearchOptions
  #archive: Archive
  #examples: T[] = []
  #unseen: Unseen
  #mutants: Mutants<T>
  #fitted: Fitted<T> | undefined
  /** Candidates that were found to have been told; judged all the same, so that the draws of the others do not depend on what was asked before. */
  #gone = new WeakSet<Candidate<T>>()

  constructor(context: StrategyContext, surrogate: Surrogate<T>, options: SurrogateSearchOptions) {
    this.#context = context
    this.#surrogate = surrogate
    this.#options = options
    this.#archive = new Archive(context.objectives)
    this.#unseen = this.#nothingSeen()
    this.#mutants = new Mutants(context.space, context.seed, (architecture) => surrogate.describe(architecture))
  }

  ask(n: number): Proposal | 'exhausted' {
    const { starts, parents } = this.#options
    if (this.#archive.count < starts || this.#archive.members.length < 2) return this.#unseen.proposal(n)
    const candidates = this.#mutants.of(this.#archive.best(parents), n)
    const scores = this.#judge()(
      candidates.map(({ features }) => features),
      randomFor(this.#context.seed, 'judge', n),
      n > this.#archive.count,
    )
    const chosen = this.#firstUnseen(candidates, scores)
    if (chosen === undefined) return this.#unseen.proposal(n)
    const { architecture, parent } = chosen
    return { architecture, origin: 'surrogate', parents: parent === undefined ? [] : [parent] }
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    const member = this.#archive.add(outcome)
    if (member) this.#examples.push(this.#surrogate.describe(member.architecture))
  }

  save(): readonly Outcome[] {
    return this.#archive.save()
  }

  restore(state: unknown): void {
    this.#archive = new Archive(this.#context.objectives)
    this.#examples = []
    this.#unseen = this.#nothingSeen()
    this.#fitted = undefined
    this.#gone = new WeakSet()
    for (const outcome of state as readonly Outcome[]) this.tell(outcome)
  }

  #nothingSeen(): Unseen {
    const { space, seed } = this.#context
    return new Unseen(space, seed, this.#options.isomorphs ? 'decisions' : 'network')
  }

  /** The model, fitted to as much of the history as the schedule says. */
  #judge(): Judge<T> {
    const { members } = this.#archive
    const count = lastFit(members.length, this.#options.refit)
    if (this.#fitted?.count !== count) {
      const values = members.slice(0, count).map(({ fitness }) => fitness)
      const random = randomFor(this.#context.seed, 'fit', count)
      this.#fitted = { count, judge: this.#surrogate.fit(this.#examples.slice(0, count), values, random) }
    }
    return this.#fitted.judge
  }

  #firstUnseen(candidates: readonly Candidate<T>[], scores: ArrayLike<number>): Candidate<T> | undefined {
    const order = candidates.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b)
    return order
      .map((i) => candidates[i])
      .find((candidate) => {
        if (this.#gone.has(candidate)) return false
        const seen = this.#unseen.has(candidate.architecture)
        if (seen) this.#gone.add(candidate)
        return !seen
      })
  }
}

/** The largest number of examples, at most `count`, at which the model is fitted. */
function lastFit(count: number, refit: number): number {
  let at = Math.min(count, Math.max(2, refit))
  for (let next = at; next <= count; next += Math.max(refit, Math.floor(next / 20))) at = next
  return at
}
