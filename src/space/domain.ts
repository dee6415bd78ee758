import { integer, normal, pick, pickMany } from './random.ts'
import type { Decision, DecisionValue, Random } from './types.ts'

/** A decision's inputs as a range of counts. */
const counts = (decision: Extract<Decision, { kind: 'inputs' }>): readonly [number, number] =>
  typeof decision.count === 'number' ? [decision.count, decision.count] : decision.count

/** How many values a decision can have; undefined for real numbers. */
export function valueCount(decision: Decision): bigint | undefined {
  switch (decision.kind) {
    case 'choice':
      return BigInt(decision.alternatives.length)
    case 'number':
      return BigInt(decision.values.length)
    case 'integer':
      return BigInt((decision.to - decision.from) / decision.step + 1)
    case 'inputs': {
      const [least, most] = counts(decision)
      let total = 0n
      for (let k = least; k <= most; k++) total += binomial(decision.from, k)
      return total
    }
    case 'float':
      return decision.from === decision.to ? 1n : undefined
  }
}

function binomial(n: number, k: number): bigint {
  let value = 1n
  for (let i = 0; i < k; i++) value = (value * BigInt(n - i)) / BigInt(i + 1)
  return value
}

/** All values of a decision in a fixed order; undefined for real numbers. */
export function valuesOf(decision: Decision): readonly DecisionValue[] | undefined {
  switch (decision.kind) {
    case 'choice':
      return decision.alternatives
    case 'number':
      return decision.values
    case 'integer':
      return Array.from({ length: Number(valueCount(decision)) }, (_, i) => decision.from + i * decision.step)
    case 'inputs': {
      const [least, most] = counts(decision)
      return Array.from({ length: most - least + 1 }, (_, i) => subsets(decision.from, least + i)).flat()
    }
    case 'float':
      return decision.from === decision.to ? [decision.from] : undefined
  }
}

/** All ascending lists of k of the indices below n, in lexical order. */
function subsets(n: number, k: number, first = 0): number[][] {
  if (k === 0) return [[]]
  const lists: number[][] = []
  for (let i = first; i <= n - k; i++) for (const rest of subsets(n, k - 1, i + 1)) lists.push([i, ...rest])
  return lists
}

export function firstValue(decision: Decision): DecisionValue {
  switch (decision.kind) {
    case 'choice':
      return decision.alternatives[0]
    case 'number':
      return decision.values[0]
    case 'inputs':
      return Array.from({ length: counts(decision)[0] }, (_, i) => i)
    default:
      return decision.from
  }
}

export function sameValue(a: DecisionValue, b: DecisionValue): boolean {
  if (a === b) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i])
}

/** Why a value is none of the decision's, as words that follow "is"; undefined when it is one. */
export function fault(decision: Decision, value: unknown): string | undefined {
  switch (decision.kind) {
    case 'choice':
      return decision.alternatives.includes(value as string) ? undefined : `none of ${decision.alternatives.join(', ')}`
    case 'number':
      return decision.values.includes(value as number) ? undefined : `none of ${decision.values.join(', ')}`
    case 'integer': {
      const { from, to, step } = decision
      if (Number.isInteger(value) && (value as number) >= from && (value as number) <= to && ((value as number) - from) % step === 0)
        return undefined
      return `no whole number from ${from} to ${to}${step === 1 ? '' : ` in steps of ${step}`}`
    }
    case 'float':
      return typeof value === 'number' && value >= decision.from && value <= decision.to
        ? undefined
        : `no number from ${decision.from} to ${decision.to}`
    case 'inputs': {
      const [least, most] = counts(decision)
      const list = Array.isArray(value) ? (value as unknown[]) : undefined
      const good = list?.every(
        (item, i) =>
          Number.isInteger(item) &&
          (item as number) >= 0 &&
          (item as number) < decision.from &&
          (i === 0 || (item as number) > (list[i - 1] as number)),
      )
      if (list && good && list.length >= least && list.length <= most) return undefined
      return `no list of ${least === most ? least : `${least} to ${most}`} ascending numbers from 0 to ${decision.from - 1}`
    }
  }
}

/** A value at random: all values equally likely (real numbers on their scale, to four digits). */
export function sampleValue(decision: Decision, random: Random): DecisionValue {
  switch (decision.kind) {
    case 'choice':
      return pick(random, decision.alternatives)
    case 'number':
      return pick(random, decision.values)
    case 'integer':
      return decision.from + decision.step * integer(random, 0, (decision.to - decision.from) / decision.step)
    case 'float':
      return fromUnit(decision, random.next())
    case 'inputs':
      return sampleInputs(decision, random)
  }
}

function sampleInputs(decision: Extract<Decision, { kind: 'inputs' }>, random: Random): readonly number[] {
  const [least, most] = counts(decision)
  let rank = random.next() * Number(valueCount(decision))
  let k = least
  for (; k < most; k++) {
    rank -= Number(binomial(decision.from, k))
    if (rank < 0) break
  }
  const all = Array.from({ length: decision.from }, (_, i) => i)
  return pickMany(random, all, k).sort((a, b) => a - b)
}

type Float = Extract<Decision, { kind: 'float' }>

/** Place of a real number on its scale, 0 to 1. */
export function toUnit({ from, to, log }: Float, value: number): number {
  if (from === to) return 0
  return log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
}

/** The number at a place of the scale, to four digits so that it stays readable; never outside the range. */
export function fromUnit({ from, to, log }: Float, unit: number): number {
  const exact = log ? from * (to / from) ** unit : from + (to - from) * unit
  return Math.min(to, Math.max(from, Number(exact.toPrecision(4))))
}

/** Steps on a real number's scale that count as its neighbours. */
const FLOAT_STEPS = [-0.2, -0.05, 0.05, 0.2]
/** With more values than this, only those near a whole number (or one swap away from a list) are neighbours. */
const MANY = 64

/** All other values of a decision; for real numbers and very long ranges a fixed number of near ones. */
export function otherValues(decision: Decision, value: DecisionValue): readonly DecisionValue[] {
  if (decision.kind === 'float') {
    const unit = toUnit(decision, value as number)
    const near = FLOAT_STEPS.map((step) => fromUnit(decision, Math.min(1, Math.max(0, unit + step))))
    return [...new Set(near)].filter((other) => other !== value)
  }
  if ((valueCount(decision) as bigint) <= BigInt(MANY))
    return (valuesOf(decision) as readonly DecisionValue[]).filter((other) => !sameValue(other, value))
  if (decision.kind === 'integer') {
    const near = Array.from({ length: MANY + 1 }, (_, i) => (value as number) + (i - MANY / 2) * decision.step)
    return near.filter((other) => other !== value && fault(decision, other) === undefined)
  }
  if (decision.kind === 'inputs') return nearInputs(decision, value as readonly number[])
  return (valuesOf(decision) as readonly DecisionValue[]).filter((other) => !sameValue(other, value))
}

/** Lists with one source less, more, or another. */
function nearInputs(decision: Extract<Decision, { kind: 'inputs' }>, taken: readonly number[]): readonly (readonly number[])[] {
  const free = Array.from({ length: decision.from }, (_, i) => i).filter((i) => !taken.includes(i))
  const less = taken.map((gone) => taken.filter((i) => i !== gone))
  const lists = [...less, ...free.map((extra) => [...taken, extra]), ...less.flatMap((rest) => free.map((extra) => [...rest, extra]))]
  return lists.map((list) => list.toSorted((a, b) => a - b)).filter((list) => fault(decision, list) === undefined)
}

/** Another value at random: uniform, but near for real numbers and long ranges of whole numbers. The same value when there is no other. */
export function mutateValue(decision: Decision, value: DecisionValue, random: Random): DecisionValue {
  if (decision.kind === 'float') {
    for (let attempt = 0; attempt < 100; attempt++) {
      const unit = normal(random, toUnit(decision, value as number), 0.2)
      if (unit < 0 || unit > 1) continue
      const other = fromUnit(decision, unit)
      if (other !== value) return other
    }
    return value === decision.from ? decision.to : decision.from
  }
  const others = otherValues(decision, value)
  return others.length === 0 ? value : pick(random, others)
}

export function printValue(value: DecisionValue): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',')
  return String(value)
}

/** The value that a text means for a decision; it may be none of the decision's: see `fault`. */
export function parseValue(decision: Decision, text: string): unknown {
  if (decision.kind === 'choice') return text
  if (decision.kind === 'inputs') return text === 'none' ? [] : text.split(',').map(toNumber)
  return toNumber(text)
}

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))
