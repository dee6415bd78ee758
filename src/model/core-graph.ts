import type { DatePart } from '../data/dataset.ts'
import { buildNetwork, type Network, type Weights } from '../network/index.ts'
import {
  add,
  argMax,
  atLeastMask,
  cast,
  clamp,
  concat,
  constant,
  div,
  input,
  isNaN,
  modulo,
  mul,
  type Outputs,
  reduceMax,
  reshape,
  scalar,
  softmax,
  sub,
  type Tensor,
  topologicalOrder,
  where,
} from '../tensor/index.ts'
import { normalizeInput } from '../train/index.ts'
import type { DataSummary } from './artifact.ts'
import { type ModelInput, modelInputs, outputNames, partsOf } from './interface.ts'

/** Output that holds the index of the most probable class, before names stand in for it. */
export const indexOutput = 'label_index'

/** Input that holds the codes of a column of categories, before its texts stand in for them. */
export const codesInput = (column: ModelInput): string => `${column.name} (codes)`

/**
 * From raw inputs to results for a batch: normalisation, the network, then probabilities and the index of the best class, or the value in the
 * target's unit. Texts are left to text-graph.ts: the engine's tensors hold numbers.
 */
export function coreGraph(network: Network, weights: Weights, data: DataSummary, batch: number): Outputs {
  const raw = data.kind === 'table' ? encodedRow(modelInputs(data), batch) : rawInput(modelInputs(data)[0], batch)
  const normalized = normalizeInput(raw, data.normalization, data.input)
  const get = (name: string): Tensor => {
    const weight = weights.get(name)
    if (!weight) throw new RangeError(`the weights lack ${name}`)
    return constant(weight.data, weight.shape)
  }
  const { output: direct } = buildNetwork(network, normalized, get, { training: false })
  // A network may read nothing of its input (all its paths cut); the model's batch comes from there all the same.
  const output = topologicalOrder([direct]).some(({ op }) => op === 'input') ? direct : add(direct, nothingOf(normalized))
  if (data.task === 'classification') {
    const probabilities = softmax(output)
    return { [outputNames.probabilities]: probabilities, [indexOutput]: argMax(output) }
  }
  const { mean, deviation } = data.targetScale ?? { mean: 0, deviation: 1 }
  return { [outputNames.value]: reshape(add(mul(output, deviation), mean), [batch]) }
}

/** Zeros [N, 1] that are computed from the input. */
function nothingOf(x: Tensor): Tensor {
  const axes = Array.from({ length: x.shape.length - 1 }, (_, i) => i + 1)
  return reshape(clamp(reduceMax(x, axes), 0, 0), [x.shape[0], 1])
}

const rawInput = ({ name, shape, dtype }: ModelInput, batch: number): Tensor => input(name, [batch, ...shape], dtype)

/** The encoded row of a table: numbers and parts of dates in the order of the columns, then the codes of categories. */
function encodedRow(columns: readonly ModelInput[], batch: number): Tensor {
  const numbers = columns.flatMap((column) => {
    if (column.kind === 'category' || !column.column) return []
    const value = rawInput(column, batch)
    const parts = column.kind === 'date' ? dateNumbers(value, partsOf(column.column)) : [value]
    const missing = column.kind === 'date' ? sub(1, atLeastMask(add(value, yearZero), 0)) : isNaN(value)
    return column.column.indicator ? [...parts, missing] : parts
  })
  const codes = columns
    .filter(({ kind }) => kind === 'category')
    .map((column) => cast(input(codesInput(column), [batch, 1], 'int64'), 'float32'))
  const all = [...numbers, ...codes]
  return all.length === 1 ? all[0] : concat(all, 1)
}

const millisecondsADay = 86_400_000
/** Days from 0000-03-01, where a cycle of 400 years begins, to 1970-01-01. */
const daysToEpoch = 719_468
const daysIn400Years = 146_097
const yearZero = daysToEpoch * millisecondsADay

/**
 * Parts of a date as data/ makes them, NaN where it is missing, each [N, 1] float32 (Howard Hinnant's days-to-civil algorithm). The calendar is the Gregorian one; years begin in March
 * while it is computed, so that the leap day comes last (the days of months then follow (153 m + 2) / 5).
 */
export function dateNumbers(milliseconds: Tensor, parts: readonly DatePart[]): Tensor[] {
  // Counted from the year 0, so that all is positive and whole division rounds down; what comes before it is missing.
  const shifted = add(milliseconds, yearZero)
  const present = atLeastMask(shifted, 0)
  const days = div(shifted, millisecondsADay)
  const time = sub(shifted, mul(days, millisecondsADay))
  const cycle = div(days, daysIn400Years)
  const dayOfCycle = sub(days, mul(cycle, daysIn400Years))
  const leapDays = sub(add(sub(dayOfCycle, div(dayOfCycle, 1460)), div(dayOfCycle, 36_524)), div(dayOfCycle, 146_096))
  const yearOfCycle = div(leapDays, 365)
  const dayOfYear = sub(dayOfCycle, sub(add(mul(yearOfCycle, 365), div(yearOfCycle, 4)), div(yearOfCycle, 100)))
  const marchMonth = div(add(mul(dayOfYear, 5), 2), 153)
  const afterDecember = div(marchMonth, 10)
  const values: Readonly<Record<DatePart, () => Tensor>> = {
    epoch: () => add(toFloat(sub(days, daysToEpoch)), mul(toFloat(time), 1 / millisecondsADay)),
    year: () => toFloat(add(add(yearOfCycle, mul(cycle, 400)), afterDecember)),
    month: () => toFloat(sub(add(marchMonth, 3), mul(afterDecember, 12))),
    // 0000-03-01 was a Wednesday.
    weekday: () => toFloat(modulo(add(days, 3), 7)),
    // To the minute, as the data room has it.
    hour: () => mul(toFloat(div(time, 60_000)), 1 / 60),
  }
  return parts.map((part) => where(present, values[part](), scalar(Number.NaN)))
}

const toFloat = (x: Tensor): Tensor => cast(x, 'float32')
