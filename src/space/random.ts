import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { Random } from './types.ts'

/**
 * A random stream that depends on the keys alone: the same keys always give the same numbers, other keys give an independent stream.
 * Making one costs about a microsecond, so every proposal, mutation or epoch can have its own.
 *
 * @example randomFor(seed, 'proposal', n)
 */
export function randomFor(seed: number, ...keys: readonly (number | string)[]): Random {
  const state = hash([seed, ...keys])
  const generator = xoroshiro128plusFromState(state)
  return {
    next() {
      const high = generator.next() >>> 5
      const low = generator.next() >>> 6
      return (high * 0x4000000 + low) / 0x20000000000000
    },
  }
}

/** Four 32-bit words from keys of any length; a number and its decimal text are different keys. */
export function hash(keys: readonly (number | string)[]): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667]
  for (const key of keys) {
    const text = typeof key === 'number' ? `n${key}` : `s${key}`
    for (let i = 0; i <= text.length; i++) {
      const code = i < text.length ? text.charCodeAt(i) : 0x10000
      for (let w = 0; w < 4; w++) words[w] = Math.imul(words[w] ^ (code + w), 0x01000193 + 2 * w)
      words[0] ^= words[3] >>> 15
    }
  }
  let carry = 0
  for (let round = 0; round < 2; round++) for (let w = 0; w < 4; w++) words[w] = carry = finish(words[w] ^ carry)
  // A xoroshiro state of zeros alone would stay there.
  if (words.every((word) => word === 0)) words[0] = 1
  return words
}

/** Mixes all bits of a word (the finaliser of MurmurHash3). */
function finish(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** A whole number, `from` and `to` included. */
export function integer(random: Random, from: number, to: number): number {
  return from + Math.floor(random.next() * (to - from + 1))
}

/** One of the items, all equally likely; throws a RangeError when there are none. */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('Nothing to pick from')
  return items[integer(random, 0, items.length - 1)]
}

/** A number from the normal distribution (Box and Muller's transform). */
export function normal(random: Random, mean = 0, deviation = 1): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return mean + deviation * radius * Math.cos(2 * Math.PI * random.next())
}

/** The items in a random order, all orders equally likely; a new array. */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items]
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(random, 0, i)
    const item = order[i]
    order[i] = order[j]
    order[j] = item
  }
  return order
}

/** `count` different items, all subsets equally likely, in a random order. */
export function pickMany<T>(random: Random, items: readonly T[], count: number): T[] {
  return shuffle(random, items).slice(0, count)
}
