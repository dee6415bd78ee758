import type { Architecture, SearchSpace } from '../space/index.ts'

/** Architectures that came before, as 53-bit hashes of their strings: a million take some 50 MB, and two share a hash about once in ten thousand runs of a million. */
export class Seen {
  readonly #space: SearchSpace
  readonly #hashes: Set<number>

  constructor(space: SearchSpace, hashes: readonly number[] = []) {
    this.#space = space
    this.#hashes = new Set(hashes)
  }

  get count(): number {
    return this.#hashes.size
  }

  /** Whether every architecture of the space came. */
  get all(): boolean {
    const { size } = this.#space
    return size !== undefined && BigInt(this.#hashes.size) >= size
  }

  has(architecture: Architecture): boolean {
    return this.#hashes.has(hash(this.#space.print(architecture)))
  }

  add(architecture: Architecture): void {
    this.#hashes.add(hash(this.#space.print(architecture)))
  }

  save(): readonly number[] {
    return [...this.#hashes]
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
