import { integer, randomFor } from '../space/random.ts'
import type { Random } from '../space/types.ts'

/** Shares of the data for validation and test; the rest is for training. */
export interface SplitShares {
  readonly valid: number
  readonly test: number
}

/** Which part a record was put in by whoever made the data. */
export const givenPart = { none: 0, train: 1, valid: 2, test: 3 } as const

export interface Parts {
  readonly train: Uint32Array
  readonly valid: Uint32Array
  readonly test: Uint32Array
}

export interface SplitRequest {
  /** Class indices; a Float32Array (regression) is split without strata. */
  readonly targets: Int32Array | Float32Array
  readonly classes: number
  /** A `givenPart` for each record; absent: all records are free. */
  readonly given?: Uint8Array
  readonly shares?: SplitShares
  readonly seed: number
  /** When set, what is held out for the test depends on this instead of `seed`, so that all seeds share one test part. */
  readonly testSeed?: number
}

/**
 * Shares used when none are asked for, by the number of records: 15 % each for validation and test, less for large data, where a fixed
 * number of records measures as well as a share: never above 10,000 records, and 10 % from 15,000 records on.
 */
export function defaultShares(count: number): SplitShares {
  const held = Math.min(0.15 * count, Math.max(1500, 0.1 * count), 10_000)
  const share = count === 0 ? 0.15 : held / count
  return { valid: share, test: share }
}

/**
 * Splits records into training, validation and test parts: seeded, and stratified, so that each class has the same share in each part as
 * far as its count allows. A class of three or more free records has at least one in every part, a class of one goes to training, of two
 * to training and by chance to one of the others. Parts that the data came with are respected; a missing one is taken from training.
 * Indices are ascending.
 */
export function splitRecords(request: SplitRequest): Parts {
  const { targets, seed } = request
  const given = request.given ?? new Uint8Array(targets.length)
  const has = (part: number): boolean => given.includes(part)
  const free = indicesWhere(given, (part) => part === givenPart.none || part === givenPart.train)
  const shares = request.shares ?? defaultShares(free.length)
  const wanted = { valid: has(givenPart.valid) ? 0 : shares.valid, test: has(givenPart.test) ? 0 : shares.test }

  // What rounding took from or gave to the classes before is made up for by the next ones.
  const owed = { valid: 0, test: 0 }
  const part = Uint8Array.from(given, (value) => (value === givenPart.none ? givenPart.train : value))
  for (const [stratum, members] of strata(targets, request.classes, free).entries()) {
    const order = shuffled(members, randomFor(request.testSeed ?? seed, 'split', 'test', stratum))
    const counts = holdOut(members.length, wanted, owed, randomFor(request.testSeed ?? seed, 'split', 'coin', stratum))
    const test = order.subarray(0, counts.test)
    const rest = order.slice(counts.test)
    const valid = shuffled(rest, randomFor(seed, 'split', 'valid', stratum)).subarray(0, counts.valid)
    for (const index of test) part[index] = givenPart.test
    for (const index of valid) part[index] = givenPart.valid
  }
  return {
    train: indicesWhere(part, (value) => value === givenPart.train),
    valid: indicesWhere(part, (value) => value === givenPart.valid),
    test: indicesWhere(part, (value) => value === givenPart.test),
  }
}

/** A seeded share of a part, stratified like the split: every class keeps at least one record. Indices are ascending. */
export function sampleShare(targets: Int32Array | Float32Array, classes: number, share: number, seed: number): Uint32Array {
  if (!(share > 0 && share <= 1)) throw new RangeError(`A share of the data lies above 0 and at most at 1, but ${share} was asked for`)
  const all = Uint32Array.from(targets, (_, i) => i)
  if (share === 1) return all
  const taken: number[] = []
  for (const [stratum, members] of strata(targets, classes, all).entries()) {
    const count = Math.min(members.length, Math.max(1, Math.round(members.length * share)))
    for (const index of shuffled(members, randomFor(seed, 'share', stratum)).subarray(0, count)) taken.push(index)
  }
  return Uint32Array.from(taken).sort()
}

/** A seeded random order of the numbers below `count`. */
export function permutation(count: number, random: Random): Uint32Array {
  return shuffled(
    Uint32Array.from({ length: count }, (_, i) => i),
    random,
  )
}

interface Held {
  valid: number
  test: number
}

function holdOut(count: number, wanted: Held, owed: Held, coin: Random): Held {
  const counts = { valid: 0, test: 0 }
  const parts = (['test', 'valid'] as const).filter((name) => wanted[name] > 0)
  if (count < 2 || parts.length === 0) return counts
  if (count <= parts.length) return { ...counts, [parts[integer(coin, 0, parts.length - 1)]]: 1 }
  for (const name of parts) {
    const share = count * wanted[name] + owed[name]
    counts[name] = Math.max(1, Math.round(share))
    owed[name] = Math.max(-0.5, share - counts[name])
  }
  // One record at least stays for training.
  while (counts.valid + counts.test >= count) counts[counts.valid > counts.test ? 'valid' : 'test']--
  return counts
}

/** Indices grouped by class; regression is one group. Empty groups are left out. */
function strata(targets: Int32Array | Float32Array, classes: number, indices: Uint32Array): Uint32Array[] {
  if (!(targets instanceof Int32Array)) return [indices]
  const groups: number[][] = Array.from({ length: classes }, () => [])
  for (const index of indices) groups[targets[index]]?.push(index)
  return groups.filter((group) => group.length > 0).map((group) => Uint32Array.from(group))
}

function shuffled(items: Uint32Array, random: Random): Uint32Array {
  const order = items.slice()
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(random, 0, i)
    const item = order[i]
    order[i] = order[j]
    order[j] = item
  }
  return order
}

function indicesWhere(parts: Uint8Array, test: (part: number) => boolean): Uint32Array {
  const indices: number[] = []
  for (let i = 0; i < parts.length; i++) if (test(parts[i])) indices.push(i)
  return Uint32Array.from(indices)
}
