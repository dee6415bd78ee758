import { type Architecture, randomFor, type SearchSpace } from '../space/index.ts'
import type { Member } from './archive.ts'

/** An architecture that may be proposed, with what a model reads of it. */
export interface Candidate<T> {
  readonly architecture: Architecture
  /** Its string. */
  readonly text: string
  readonly features: T
  /** Number of the trial it was made from; none for a random one. */
  readonly parent?: number
}

/** Mutants of a trial that are kept: making one costs more than judging it. */
const KEPT = 24
/** Trials whose mutants are kept. */
const PARENTS = 64
/** Mutants made anew for every proposal. */
const FRESH = 12
/** Random architectures for every proposal: where all the best are alike, the model may know of something better elsewhere. */
const RANDOM = 8

/** Architectures near the best ones, and a few from anywhere: candidates among which a learned model chooses. */
export class Mutants<T> {
  readonly #space: SearchSpace
  readonly #seed: number
  readonly #describe: (architecture: Architecture) => T
  readonly #kept = new Map<number, readonly Candidate<T>[]>()

  constructor(space: SearchSpace, seed: number, describe: (architecture: Architecture) => T) {
    this.#space = space
    this.#seed = seed
    this.#describe = describe
  }

  /** Candidates of proposal `n`: the same mutants of each parent whenever it is one, and some new ones; none twice. */
  of(parents: readonly Member[], n: number): readonly Candidate<T>[] {
    const all = parents.flatMap((parent) => this.#family(parent))
    const random = randomFor(this.#seed, 'fresh', n)
    for (let i = 0; i < FRESH && parents.length > 0; i++) all.push(this.#mutant(parents[i % parents.length], 1 + (i % 3), random))
    for (let i = 0; i < RANDOM; i++) all.push(this.#candidate(this.#space.sample(random)))
    return [...new Map(all.map((candidate) => [candidate.text, candidate])).values()]
  }

  #family(parent: Member): readonly Candidate<T>[] {
    const known = this.#kept.get(parent.number)
    if (known) return known
    const random = randomFor(this.#seed, 'mutants', parent.number)
    const family = Array.from({ length: KEPT }, (_, i) => this.#mutant(parent, i % 3 === 2 ? 2 : 1, random))
    if (this.#kept.size >= PARENTS) this.#kept.delete(this.#kept.keys().next().value as number)
    this.#kept.set(parent.number, family)
    return family
  }

  #mutant(parent: Member, steps: number, random: ReturnType<typeof randomFor>): Candidate<T> {
    let { architecture } = parent
    for (let step = 0; step < steps; step++) architecture = this.#space.mutate(architecture, random)
    return this.#candidate(architecture, parent.number)
  }

  #candidate(architecture: Architecture, parent?: number): Candidate<T> {
    return { architecture, text: this.#space.print(architecture), features: this.#describe(architecture), parent }
  }
}
