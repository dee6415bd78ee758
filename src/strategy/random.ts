import { type Architecture, randomFor, type SearchSpace, shuffle } from '../space/index.ts'
import { readOptions } from './options.ts'
import { Seen } from './seen.ts'
import type { Strategy, StrategyEntry } from './strategy.ts'

/** Draws of one proposal before what is left of a countable space is listed. */
const TRIES = 200
/** Largest space that is listed to find its last architectures. */
const LISTABLE = 200_000n

/**
 * A sequence of different architectures at random, each fixed by the seed and its number: the whole of random search, and how other strategies begin.
 * Number n is drawn from a stream of its own, again and again until it is none of the numbers before.
 */
export class RandomSequence {
  readonly #space: SearchSpace
  readonly #seed: number
  readonly #seen: Seen
  /** Which draw of a number's stream was taken, where it was not the first. */
  readonly #draws = new Map<number, number>()
  /** What was left of the space, in a random order, from a number on. */
  #rest: { readonly from: number; readonly architectures: readonly Architecture[] } | undefined
  #next = 0

  constructor(space: SearchSpace, seed: number) {
    this.#space = space
    this.#seed = seed
    this.#seen = new Seen(space)
  }

  /** Architecture number `n`; undefined when the space has no more. */
  at(n: number): Architecture | undefined {
    while (this.#next <= n) this.#extend()
    if (this.#rest && n >= this.#rest.from) return this.#rest.architectures[n - this.#rest.from]
    return this.#draw(n, this.#draws.get(n) ?? 0)
  }

  #draw(n: number, draw: number): Architecture {
    const random = randomFor(this.#seed, 'random', n)
    let architecture = this.#space.sample(random)
    for (let i = 0; i < draw; i++) architecture = this.#space.sample(random)
    return architecture
  }

  #extend(): void {
    const n = this.#next++
    if (this.#rest) return
    const random = randomFor(this.#seed, 'random', n)
    for (let draw = 0; draw < TRIES; draw++) {
      const architecture = this.#space.sample(random)
      if (this.#seen.has(architecture)) continue
      if (draw > 0) this.#draws.set(n, draw)
      this.#seen.add(architecture)
      return
    }
    const { size } = this.#space
    // A larger space that gives nothing new in so many draws may repeat itself.
    if (size === undefined || size > LISTABLE) return
    const left = [...this.#space.enumerate()].filter((architecture) => !this.#seen.has(architecture))
    this.#rest = { from: n, architectures: shuffle(randomFor(this.#seed, 'rest'), left) }
  }
}

/** Random search: different architectures, every decision uniform. The baseline that any strategy must beat. */
export const random: StrategyEntry = {
  name: 'random',
  summary: 'different architectures at random: the baseline, hard to beat in small budgets',
  paper: 'Bergstra and Bengio 2012, JMLR 13; for architectures Li and Talwalkar 2019, arXiv:1902.07638',
  options: {},
  make({ space, seed }, options): Strategy {
    readOptions('random', {}, options)
    const sequence = new RandomSequence(space, seed)
    return {
      ask(n) {
        const architecture = sequence.at(n)
        return architecture === undefined ? 'exhausted' : { architecture, origin: 'random' }
      },
      tell() {},
      save: () => ({}),
      restore() {},
    }
  },
}
