import type { DecisionValue, Random } from './types.ts'
import type { Value } from './expression.ts'

/** How a shared name takes part in a number of ways: as any of its values, as one fixed value, or counted already. */
export type Mark = 'any' | 'counted' | { readonly value: Value }

/** Takes one of the ways at random, all equally likely: writes its decisions down by path. */
export type Take = (random: Random, into: Map<string, DecisionValue>) => void

/** So many ways to decide what is private, with the shared names that are active in them. */
export interface Ways {
  readonly count: bigint
  readonly shared: ReadonlyMap<string, Mark>
  readonly take: Take
}

export const NONE: ReadonlyMap<string, Mark> = new Map()
const nothing: Take = () => undefined

/** The one way to decide nothing. */
export const ONE: readonly Ways[] = [{ count: 1n, shared: NONE, take: nothing }]

/** The ways to take a decision that stands alone. */
export const ways = (count: bigint, take: Take): Ways[] => [{ count, shared: NONE, take }]

export function multiply(a: readonly Ways[], b: readonly Ways[]): Ways[] {
  return gather(
    a.flatMap((first) =>
      b.flatMap((second) => {
        const shared = unite(first.shared, second.shared)
        return shared ? [{ count: first.count * second.count, shared, take: both(first.take, second.take) }] : []
      }),
    ),
  )
}

function both(first: Take, second: Take): Take {
  if (first === nothing) return second
  if (second === nothing) return first
  return (random, into) => {
    first(random, into)
    second(random, into)
  }
}

/** The marks of both; undefined when they fix a name to different values. */
function unite(a: ReadonlyMap<string, Mark>, b: ReadonlyMap<string, Mark>): ReadonlyMap<string, Mark> | undefined {
  if (a.size === 0) return b
  if (b.size === 0) return a
  const marks = new Map(a)
  for (const [name, mark] of b) {
    const known = marks.get(name)
    if (known === undefined || mark === 'counted') marks.set(name, mark)
    else if (typeof known === 'object' && typeof mark === 'object' && known.value !== mark.value) return undefined
  }
  return marks
}

export const product = (factors: readonly (readonly Ways[])[]): Ways[] =>
  factors.reduce<Ways[]>((all, factor) => multiply(all, factor), [...ONE])
export const sum = (terms: readonly (readonly Ways[])[]): Ways[] => gather(terms.flat())

/** Adds up the ways that have the same marks. */
function gather(all: readonly Ways[]): Ways[] {
  if (all.length === 1) return [...all]
  const byMarks = new Map<string, Ways[]>()
  for (const way of all) {
    const key = way.shared.size === 0 ? '' : JSON.stringify([...way.shared].sort(([a], [b]) => (a < b ? -1 : 1)))
    const same = byMarks.get(key)
    if (same) same.push(way)
    else byMarks.set(key, [way])
  }
  return [...byMarks.values()].map((same) =>
    same.length === 1 ? same[0] : { count: countOf(same), shared: same[0].shared, take: oneOf(same) },
  )
}

export const countOf = (all: readonly Ways[]): bigint => all.reduce((total, { count }) => total + count, 0n)

/** Takes one of several, each as likely as it has ways. */
export function oneOf(all: readonly Ways[]): Take {
  const total = countOf(all)
  const shares = all.map(({ count }) => ratio(count, total))
  return (random, into) => {
    let left = random.next()
    const at = shares.findIndex((share) => (left -= share) < 0)
    all[at < 0 ? all.length - 1 : at].take(random, into)
  }
}

/** Part of a whole, for numbers of any length. */
function ratio(part: bigint, whole: bigint): number {
  const excess = BigInt(Math.max(0, whole.toString(2).length - 1000))
  return whole === 0n ? 0 : Number(part >> excess) / Number(whole >> excess)
}

export function group(outcomes: readonly (readonly [Value, readonly Ways[]])[]): Map<Value, Ways[]> {
  const grouped = new Map<Value, Ways[]>()
  for (const [value, some] of outcomes) grouped.set(value, sum([grouped.get(value) ?? [], some]))
  return grouped
}
