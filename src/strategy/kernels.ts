import {
  type Architecture,
  type Decision,
  type DecisionValue,
  fromUnit,
  normal,
  type Random,
  type SearchSpace,
  toUnit,
} from '../space/index.ts'
import { isReal } from './parzen.ts'
import { picksOf, type Slot, takeDecision } from './slots.ts'

/** A coordinate of the encoding: a place from 0 to 1 of something ordered, or a category. */
export interface Axis {
  readonly column: number
  /** Number of categories; 0 for what is ordered. */
  readonly categories: number
}

/** Encodes architectures of a space as rows of numbers, a column a decision (or a part of one); NaN, or nothing at the end, where it is not active. */
export class Encoding {
  readonly #axes: Map<string, Axis>

  /** @param axes what another one saved */
  constructor(axes: readonly (readonly [string, Axis])[] = []) {
    this.#axes = new Map(axes)
  }

  get axes(): readonly Axis[] {
    return [...this.#axes.values()]
  }

  save(): readonly (readonly [string, Axis])[] {
    return [...this.#axes]
  }

  /** Gives columns to the decisions of an architecture that have none. */
  learn(space: SearchSpace, architecture: Architecture): void {
    const add = (key: string, categories: number): void => {
      if (!this.#axes.has(key)) this.#axes.set(key, { column: this.#axes.size, categories })
    }
    for (const decision of space.decisions(architecture))
      if (isReal(decision)) add(decision.path, 0)
      else for (const { slot } of picksOf(decision, architecture[decision.path])) add(slot.key, slot.ordered ? 0 : slot.size)
  }

  /** The row of an architecture; decisions without a column are left out. */
  encode(space: SearchSpace, architecture: Architecture): Float64Array {
    const row = new Float64Array(this.#axes.size).fill(Number.NaN)
    const set = (key: string, at: number): void => {
      const axis = this.#axes.get(key)
      if (axis) row[axis.column] = at
    }
    for (const decision of space.decisions(architecture)) {
      const value = architecture[decision.path]
      if (isReal(decision)) set(decision.path, toUnit(decision, value as number))
      else for (const { slot, index } of picksOf(decision, value)) set(slot.key, slot.ordered ? (index + 0.5) / slot.size : index)
    }
    return row
  }

  /** The value of a decision from its coordinates, which `at` gives (NaN: none, so one at random). */
  decide(decision: Decision, at: (axis: Axis) => number, random: Random): DecisionValue {
    const place = (key: string): number => {
      const axis = this.#axes.get(key)
      return axis === undefined ? Number.NaN : at(axis)
    }
    if (isReal(decision)) {
      const unit = place(decision.path)
      return fromUnit(decision, Number.isNaN(unit) ? random.next() : unit)
    }
    const take = ({ key, size, ordered }: Slot): number => {
      const known = place(key)
      if (Number.isNaN(known)) return Math.floor(random.next() * size)
      return ordered ? Math.min(size - 1, Math.floor(known * size)) : known
    }
    return takeDecision(decision, take, random)
  }
}

/** Narrowest kernel. */
const LEAST = 0.001

/**
 * A density by products of kernels, one a coordinate (Falkner et al. 2018): normal for what is ordered, Aitchison and Aitken's for categories. A row that lacks a
 * coordinate is uniform in it.
 */
export class ProductKernels {
  readonly #rows: readonly Float64Array[]
  readonly #axes: readonly Axis[]
  readonly #widths: Float64Array

  /** @param axes in the order of their columns */
  constructor(rows: readonly Float64Array[], axes: readonly Axis[]) {
    this.#rows = rows
    this.#axes = axes
    const rate = 1.06 * rows.length ** (-1 / (4 + axes.length))
    this.#widths = Float64Array.from(axes, ({ column, categories }) => {
      const values = rows.map((row) => row[column]).filter((at) => at !== undefined && !Number.isNaN(at))
      const width = Math.max(LEAST, rate * (categories === 0 ? deviation(values) : Math.sqrt(1 - agreement(values, categories))))
      return categories === 0 ? width : Math.min(width, (categories - 1) / categories)
    })
  }

  /** Logarithm of the density at a row. */
  logDensity(row: Float64Array): number {
    const logs = new Float64Array(this.#rows.length)
    for (let a = 0; a < this.#axes.length; a++) {
      const at = row[a]
      if (at === undefined || Number.isNaN(at)) continue
      const { categories } = this.#axes[a]
      const width = this.#widths[a]
      const same = categories === 0 ? -Math.log(width * Math.sqrt(2 * Math.PI)) : Math.log(1 - width)
      const other = categories === 0 ? -0.5 / width ** 2 : Math.log(width / (categories - 1))
      const absent = categories === 0 ? 0 : -Math.log(categories)
      for (let i = 0; i < logs.length; i++) {
        const middle = this.#rows[i][a]
        if (middle === undefined || Number.isNaN(middle)) logs[i] += absent
        else if (categories === 0) logs[i] += same + other * (at - middle) ** 2
        else logs[i] += at === middle ? same : other
      }
    }
    const most = logs.reduce((x, y) => Math.max(x, y), -Infinity)
    return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length)
  }

  /** A coordinate near one of a row: within 0 to 1, or a category; NaN where the row has none. */
  near(row: Float64Array, axis: Axis, widen: number, random: Random): number {
    const at = row[axis.column]
    if (at === undefined || Number.isNaN(at)) return Number.NaN
    const width = this.#widths[axis.column]
    if (axis.categories > 0) return random.next() < width ? Math.floor(random.next() * axis.categories) : at
    for (let attempt = 0; attempt < 50; attempt++) {
      const moved = normal(random, at, widen * width)
      if (moved >= 0 && moved <= 1) return moved
    }
    return at
  }
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** Probability that two of the values agree. */
function agreement(values: readonly number[], categories: number): number {
  if (values.length === 0) return 1 / categories
  const counts = new Float64Array(categories)
  for (const value of values) counts[value]++
  return counts.reduce((sum, count) => sum + (count / values.length) ** 2, 0)
}
