import {
  type Architecture,
  type Decision,
  type DecisionValue,
  fromUnit,
  type Random,
  type SearchSpace,
  toUnit,
  valuesOf,
} from '../space/index.ts'

/** One pick of a category, by which a decision (or a part of it) is taken: how models that only know categories see any decision. */
export interface Slot {
  /** Same key, same meaning, in any architecture of the space. */
  readonly key: string
  /** How many categories there are, 1 or more. */
  readonly size: number
  /** Whether near categories are alike (numbers), or not (names). */
  readonly ordered: boolean
}

/** A slot and the category taken, from 0. */
export interface Pick {
  readonly slot: Slot
  readonly index: number
}

/** Real numbers are cut into so many ranges of equal width on their scale. */
const RANGES = 12
/** Whole numbers with more values than this are cut into `RANGES` ranges; lists of sources with more are taken source by source. */
const MANY = 64

type Inputs = Extract<Decision, { kind: 'inputs' }>
type Integer = Extract<Decision, { kind: 'integer' }>

/**
 * The value of a decision whose categories `take` picks.
 *
 * @param random places the value within its range, where a category is a range of numbers
 */
export function takeDecision(decision: Decision, take: (slot: Slot) => number, random: Random): DecisionValue {
  const whole = (size: number, ordered: boolean): number => take({ key: decision.path, size, ordered })
  switch (decision.kind) {
    case 'choice':
      return decision.alternatives[whole(decision.alternatives.length, false)]
    case 'number':
      return decision.values[whole(decision.values.length, true)]
    case 'integer': {
      const count = countOf(decision)
      if (count <= MANY) return decision.from + decision.step * whole(count, true)
      const [first, end] = rangeOf(whole(RANGES, true), count)
      return decision.from + decision.step * (first + Math.floor(random.next() * (end - first)))
    }
    case 'float':
      if (decision.from === decision.to) return decision.from
      return fromUnit(decision, (whole(RANGES, true) + random.next()) / RANGES)
    case 'inputs': {
      const lists = listsOf(decision)
      if (lists !== undefined) return lists[whole(lists.length, false)]
      return takeSources(decision, (slot) => take(slot) === 1)
    }
  }
}

/** The picks that give a value of a decision. */
export function picksOf(decision: Decision, value: DecisionValue): readonly Pick[] {
  const whole = (size: number, ordered: boolean, index: number): readonly Pick[] => [{ slot: { key: decision.path, size, ordered }, index }]
  switch (decision.kind) {
    case 'choice':
      return whole(decision.alternatives.length, false, decision.alternatives.indexOf(value as string))
    case 'number':
      return whole(decision.values.length, true, decision.values.indexOf(value as number))
    case 'integer': {
      const count = countOf(decision)
      const place = ((value as number) - decision.from) / decision.step
      return count <= MANY ? whole(count, true, place) : whole(RANGES, true, Math.floor(((place + 0.5) * RANGES) / count))
    }
    case 'float':
      if (decision.from === decision.to) return []
      return whole(RANGES, true, Math.min(RANGES - 1, Math.max(0, Math.floor(toUnit(decision, value as number) * RANGES))))
    case 'inputs': {
      const taken = value as readonly number[]
      const lists = listsOf(decision)
      if (lists !== undefined) {
        const text = taken.join()
        const index = lists.findIndex((list) => list.join() === text)
        return whole(lists.length, false, index)
      }
      const picks: Pick[] = []
      takeSources(decision, (slot, source) => {
        const reads = taken.includes(source)
        picks.push({ slot, index: reads ? 1 : 0 })
        return reads
      })
      return picks
    }
  }
}

/** The picks that give an architecture, in the order of its decisions. */
export function picksIn(space: SearchSpace, architecture: Architecture): readonly Pick[] {
  const picks: Pick[] = []
  for (const decision of space.decisions(architecture)) picks.push(...picksOf(decision, architecture[decision.path]))
  return picks
}

/** A category, each as likely as its weight (0 or more, any sum). */
export function drawIndex(weights: ArrayLike<number>, random: Random): number {
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i]
  let rest = random.next() * total
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i]
    if (rest < 0) return i
  }
  return weights.length - 1
}

const countOf = ({ from, to, step }: Integer): number => Math.round((to - from) / step) + 1

/** First place and end of a range of `count` places: those whose middle lies in it. */
function rangeOf(range: number, count: number): readonly [number, number] {
  const first = Math.ceil((range * count) / RANGES - 0.5)
  return [first, Math.max(first + 1, Math.ceil(((range + 1) * count) / RANGES - 0.5))]
}

const known = new Map<string, readonly (readonly number[])[] | undefined>()

/** All lists of sources; undefined when there are many. */
function listsOf(decision: Inputs): readonly (readonly number[])[] | undefined {
  const [least, most] = countsOf(decision)
  const key = `${decision.from},${least},${most}`
  if (!known.has(key)) {
    const few = decision.from <= 12 && total(decision.from, least, most) <= MANY
    known.set(key, few ? (valuesOf(decision) as readonly (readonly number[])[]) : undefined)
  }
  return known.get(key)
}

function total(from: number, least: number, most: number): number {
  let sum = 0
  let ways = 1
  for (let k = 0; k <= most; k++) {
    if (k >= least) sum += ways
    ways = (ways * (from - k)) / (k + 1)
  }
  return sum
}

const countsOf = ({ count }: Inputs): readonly [number, number] => (typeof count === 'number' ? [count, count] : count)

/** Source by source: read or not, where there is a choice. */
function takeSources(decision: Inputs, reads: (slot: Slot, source: number) => boolean): readonly number[] {
  const [least, most] = countsOf(decision)
  const taken: number[] = []
  for (let source = 0; source < decision.from && taken.length < most; source++) {
    const forced = least - taken.length >= decision.from - source
    if (forced || reads({ key: `${decision.path}#${source}`, size: 2, ordered: false }, source)) taken.push(source)
  }
  return taken
}
