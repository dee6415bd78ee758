import { UserError } from '../errors.ts'
import type { Architecture, SearchSpace } from '../space/index.ts'
import { readOptions } from './options.ts'
import type { Strategy, StrategyEntry } from './strategy.ts'

/** The architectures of a space by number, in its order; going back begins anew. */
class Listing {
  readonly #space: SearchSpace
  #iterator: Iterator<Architecture>
  #last: { readonly number: number; readonly architecture: Architecture | undefined } = { number: -1, architecture: undefined }

  constructor(space: SearchSpace) {
    this.#space = space
    this.#iterator = space.enumerate()[Symbol.iterator]()
  }

  at(n: number): Architecture | undefined {
    if (n < this.#last.number) {
      this.#iterator = this.#space.enumerate()[Symbol.iterator]()
      this.#last = { number: -1, architecture: undefined }
    }
    while (this.#last.number < n) {
      const next = this.#iterator.next()
      this.#last = { number: this.#last.number + 1, architecture: next.done === true ? undefined : next.value }
      if (next.done === true) return undefined
    }
    return this.#last.architecture
  }
}

const refuses = (space: SearchSpace): string | undefined =>
  space.size === undefined
    ? `The space "${space.name}" has real numbers, so it cannot be listed: take the strategy grid, or give the numbers as a choice.`
    : undefined

/** Every architecture of a countable space, in the order of the space. */
export const exhaustive: StrategyEntry = {
  name: 'exhaustive',
  summary: 'every architecture of a countable space in its order; for small spaces, to know the best for certain',
  options: {},
  refuses,
  make({ space }, options): Strategy {
    readOptions('exhaustive', {}, options)
    const why = refuses(space)
    if (why !== undefined) throw new UserError(why)
    const listing = new Listing(space)
    return {
      ask(n) {
        const architecture = listing.at(n)
        return architecture === undefined ? 'exhausted' : { architecture, origin: 'exhaustive' }
      },
      tell() {},
      save: () => ({}),
      restore() {},
    }
  },
}
