import { type Architecture, randomFor, type SearchSpace } from '../space/index.ts'
import { RandomSequence } from './random.ts'
import { type Sameness, Seen } from './seen.ts'
import type { Proposal } from './strategy.ts'

/** Numbers of the random sequence that are looked through for one that is new. */
const LOOKS = 10_000
/** Proposals after this one are drawn on their own first: the sequence up to there would have to be drawn for them. */
const LATE = 10_000
/** Draws of one of those. */
const DRAWS = 100

/** What was told so far, and random architectures that are none of it: how strategies that learn begin, and go on when they have nothing better. */
export class Unseen {
  readonly #space: SearchSpace
  readonly #seed: number
  readonly #sequence: RandomSequence
  readonly #same: Sameness
  #seen: Seen

  /** @param same with 'network', an isomorph of what was told is none that is new */
  constructor(space: SearchSpace, seed: number, same: Sameness = 'decisions') {
    this.#space = space
    this.#seed = seed
    this.#sequence = new RandomSequence(space, seed)
    this.#same = same
    this.#seen = new Seen(space, [], same)
  }

  /** Whether every architecture of the space was told. */
  get none(): boolean {
    return this.#seen.all
  }

  has(architecture: Architecture): boolean {
    return this.#seen.has(architecture)
  }

  /** @param number the trial's: one of an earlier run (below 0) may be tried here, too */
  tell(architecture: Architecture, number = 0): void {
    if (number >= 0) this.#seen.add(architecture)
  }

  /** A random architecture that was not told: number `n` of the random sequence, or the next one that is new. */
  proposal(n: number): Proposal | 'exhausted' {
    if (this.#seen.all) return 'exhausted'
    const late = n < LATE ? undefined : this.#drawn(n)
    if (late) return { architecture: late, origin: 'random' }
    for (let i = n; i < n + LOOKS; i++) {
      const architecture = this.#sequence.at(i)
      if (architecture === undefined) break
      if (!this.#seen.has(architecture)) return { architecture, origin: 'random' }
    }
    for (let i = 0; i < n; i++) {
      const architecture = this.#sequence.at(i)
      if (architecture !== undefined && !this.#seen.has(architecture)) return { architecture, origin: 'random' }
    }
    return 'exhausted'
  }

  #drawn(n: number): Architecture | undefined {
    const random = randomFor(this.#seed, 'unseen', n)
    for (let draw = 0; draw < DRAWS; draw++) {
      const architecture = this.#space.sample(random)
      if (!this.#seen.has(architecture)) return architecture
    }
    return undefined
  }

  save(): readonly number[] {
    return this.#seen.save()
  }

  restore(seen: readonly number[]): void {
    this.#seen = new Seen(this.#space, seen, this.#same)
  }
}
