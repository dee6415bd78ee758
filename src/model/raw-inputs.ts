import { type Cell, dateOf, isMissing, numberOf, textOf } from '../data/table/cell.ts'
import { datePart } from '../data/table/encode.ts'
import type { TypedArray, Value } from '../tensor/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { type ModelInput, partsOf } from './interface.ts'

/** Stands for a missing date. */
const noDate = -(2n ** 63n)

/** A column's cells as its input takes them. */
export function columnValue(input: ModelInput, cells: readonly (Cell | undefined)[]): Value {
  const shape = [cells.length, 1]
  const column = input.column
  if (input.kind === 'category') {
    return {
      dtype: 'string',
      shape,
      data: cells.map((cell) => (cell === undefined || cell === null || isMissing(cell) ? '' : textOf(cell))),
    }
  }
  if (input.kind === 'date') {
    const times = cells.map((cell) => dateOf(cell, column?.format ?? 'ymd'))
    return { dtype: 'int64', shape, data: BigInt64Array.from(times, dateBigint) }
  }
  return { dtype: 'float32', shape, data: Float32Array.from(cells, (cell) => numberOf(cell, column?.decimalComma)) }
}

const dateBigint = (time: number): bigint => (Number.isNaN(time) ? noDate : BigInt(Math.round(time)))

/** Records one after another as the one input of a model of images or signals takes them. */
export function arrayValue(input: ModelInput, values: ArrayLike<number>): Value {
  const data: TypedArray = input.dtype === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values)
  return { dtype: input.dtype, shape: [values.length / sizeOf(input.shape), ...input.shape], data }
}

export interface RawRows {
  readonly feeds: Readonly<Record<string, Value>>
  /** The encoded rows that the feeds stand for: those given, but for dates, whose instant an encoded row does not keep exactly. */
  readonly rows: Float32Array
}

/** Goes back from encoded rows of a table to raw columns: what a check of a model needs when only encoded rows are at hand. */
export function rawColumns(inputs: readonly ModelInput[], encoded: Float32Array, width: number): RawRows {
  const rows = encoded.slice()
  const count = width === 0 ? 0 : rows.length / width
  const categories = inputs.filter(({ kind }) => kind === 'category').length
  let numberAt = 0
  let categoryAt = width - categories
  const feeds: Record<string, Value> = {}
  for (const input of inputs) {
    const { column } = input
    if (!column) continue
    if (input.kind === 'category') {
      const at = categoryAt++
      feeds[input.name] = columnValue(
        input,
        eachRow(count, (r) => column.values?.[rows[r * width + at] - 1] ?? null),
      )
      continue
    }
    const at = numberAt
    const parts = input.kind === 'date' ? partsOf(column) : undefined
    numberAt += (parts?.length ?? 1) + (column.indicator ? 1 : 0)
    if (parts) {
      const times = eachRow(count, (r) => instant((part) => rows[r * width + at + parts.indexOf(part)], parts))
      for (const [r, time] of times.entries()) for (const [i, part] of parts.entries()) rows[r * width + at + i] = datePart(time, part)
      feeds[input.name] = columnValue(
        input,
        times.map((time) => new Date(time)),
      )
    } else {
      feeds[input.name] = { dtype: 'float32', shape: [count, 1], data: Float32Array.from(eachRow(count, (r) => rows[r * width + at])) }
    }
  }
  return { feeds, rows }
}

const eachRow = <T>(count: number, value: (row: number) => T): T[] => Array.from({ length: count }, (_, r) => value(r))

/** An instant, to the minute, that has about these parts; NaN when they are missing. */
function instant(valueOf: (part: 'epoch' | 'year' | 'month' | 'hour') => number, parts: readonly string[]): number {
  if (parts.includes('epoch')) return Math.round(valueOf('epoch') * 1440) * 60_000
  const value = (part: 'year' | 'month' | 'hour', otherwise: number): number => (parts.includes(part) ? valueOf(part) : otherwise)
  return Date.UTC(value('year', 2020), value('month', 1) - 1, 15, 0, Math.round(value('hour', 12) * 60))
}
