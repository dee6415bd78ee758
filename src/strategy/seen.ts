import type { Architecture, SearchSpace } from '../space/index.ts'

/** What counts as the same architecture: equal decisions, or the same network up to names (see `SearchSpace.canonical`). */
export type Sameness = 'decisions' | 'network'

/** Architectures that came before, as 53-bit hashes of their strings: a million take some 50 MB, and two share a hash about once in ten thousand runs of a million. */
export class Seen {
  readonly #space: SearchSpace
  readonly #same: Sameness
  readonly #hashes: Set<number>
  /** The last one asked for: what is proposed is mostly told next, and finding a canonical form is the dearest part of a proposal. */
  #last: { readonly architecture: Architecture; readonly hash: number } | undefined

  constructor(space: SearchSpace, hashes: readonly number[] = [], same: Sameness = 'decisions') {
    this.#space = space
    this.#same = same
    this.#hashes = new Set(hashes)
  }

  get count(): number {
    return this.#hashes.size
  }

  /** Whether every architecture of the space is known to have come; how many different networks a space has is not known. */
  get all(): boolean {
    const { size } = this.#space
    return size !== undefined && BigInt(this.#hashes.size) >= size
  }

  has(architecture: Architecture): boolean {
    return this.#hashes.has(this.#hash(architecture))
  }

  add(architecture: Architecture): void {
    this.#hashes.add(this.#hash(architecture))
  }

  save(): readonly number[] {
    return [...this.#hashes]
  }

  #hash(architecture: Architecture): number {
    if (this.#last?.architecture !== architecture) {
      const text = this.#same === 'network' ? this.#space.canonical(architecture) : this.#space.print(architecture)
      this.#last = { architecture, hash: hash(text) }
    }
    return this.#last.hash
  }
}

function hash(text: string): number {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b) + (b >>> 13)
  }
  a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d)
  b = Math.imul(b ^ (b >>> 15), 0x297a2d39)
  return ((a ^ (a >>> 13)) & 0x1fffff) * 0x100000000 + ((b ^ (b >>> 13)) >>> 0)
}
