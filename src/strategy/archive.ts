import type { Architecture } from '../space/index.ts'
import { fitness } from './fitness.ts'
import type { Objective, Outcome } from './strategy.ts'

/** A finished trial and what it is worth. */
export interface Member {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

/** Everything that was told: what learned models are made from. */
export class Archive {
  readonly #objectives: readonly Objective[]
  readonly #told: Outcome[] = []
  readonly #members: Member[] = []

  constructor(objectives: readonly Objective[]) {
    this.#objectives = objectives
  }

  /** Trials told, whatever came of them. */
  get count(): number {
    return this.#told.length
  }

  /** Those with a value, in the order in which they were told. */
  get members(): readonly Member[] {
    return this.#members
  }

  /** @returns the new member, if the trial has a value */
  add(outcome: Outcome): Member | undefined {
    this.#told.push(outcome)
    const value = fitness(this.#objectives, outcome)
    if (value === undefined) return undefined
    const member = { number: outcome.number, architecture: outcome.architecture, fitness: value }
    this.#members.push(member)
    return member
  }

  /** As it was after so many trials had been told. */
  first(count: number): Archive {
    const earlier = new Archive(this.#objectives)
    for (const outcome of this.#told.slice(0, count)) earlier.add(outcome)
    return earlier
  }

  /** The best, best first; of equals the one that was told first. */
  best(count: number): readonly Member[] {
    const top: Member[] = []
    for (const member of this.#members) {
      if (top.length === count && member.fitness <= top[count - 1].fitness) continue
      const after = top.findIndex((other) => other.fitness < member.fitness)
      top.splice(after < 0 ? top.length : after, 0, member)
      if (top.length > count) top.pop()
    }
    return top
  }

  save(): readonly Outcome[] {
    return this.#told
  }
}
