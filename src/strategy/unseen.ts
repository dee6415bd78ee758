import type { Architecture, SearchSpace } from '../space/index.ts'
import { RandomSequence } from './random.ts'
import { type Sameness, Seen } from './seen.ts'
import type { Proposal } from './strategy.ts'

/** Numbers of the random sequence that are looked through for one that is new. */
const LOOKS = 10_000

/** What was told so far, and random architectures that are none of it: how strategies that learn begin, and go on when they have nothing better. */
export class Unseen {
  readonly #space: SearchSpace
  readonly #sequence: RandomSequence
  readonly #same: Sameness
  #seen: Seen

  /** @param same with 'network', an isomorph of what was told is none that is new */
  constructor(space: SearchSpace, seed: number, same: Sameness = 'decisions') {
    this.#space = space
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

  tell(architecture: Architecture): void {
    this.#seen.add(architecture)
  }

  /** A random architecture that was not told: number `n` of the random sequence, or the next one that is new. */
  proposal(n: number): Proposal | 'exhausted' {
    if (this.#seen.all) return 'exhausted'
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

  save(): readonly number[] {
    return this.#seen.save()
  }

  restore(seen: readonly number[]): void {
    this.#seen = new Seen(this.#space, seen, this.#same)
  }
}
