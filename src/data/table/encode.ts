import { UserError } from '../../errors.ts'
import type { InputSpec } from '../../network/network.ts'
import type { ColumnEncoding, DatePart } from '../dataset.ts'
import { type Cell, dateOf, isMissing, numberOf, type RawTable, textOf } from './cell.ts'

const dayMs = 86_400_000

/**
 * The encoded row: first the numbers (number columns in their order, each followed by 1 or 0 for "missing" where the column wants it; dates as
 * their parts), then a category code for each category column. Missing numbers are NaN, missing or unseen categories 0.
 */
export function encodedInput(columns: readonly ColumnEncoding[]): InputSpec {
  const categories = columns.filter(({ kind }) => kind === 'category').map(({ values = [] }) => values.length + 1)
  const numbers = columns.reduce((sum, column) => sum + numbersOf(column), 0)
  return { shape: [numbers + categories.length], ...(categories.length > 0 && { categories }) }
}

/** Names of the encoded row's places, in order. */
export function encodedNames(columns: readonly ColumnEncoding[]): string[] {
  const numbers = columns.flatMap((column) => {
    if (column.kind === 'category') return []
    const names = column.kind === 'date' ? (column.parts ?? []).map((part) => `${column.name}.${part}`) : [column.name]
    return column.indicator ? [...names, `${column.name}.missing`] : names
  })
  return [...numbers, ...columns.filter(({ kind }) => kind === 'category').map(({ name }) => name)]
}

/** Encodes one raw record; a column that it lacks counts as missing. Training and prediction both go through this. */
export function encodeRow(columns: readonly ColumnEncoding[], record: Readonly<Record<string, Cell | undefined>>): Float32Array {
  const row = new Float32Array(encodedInput(columns).shape[0])
  const writers = columnWriters(columns)
  for (const [i, column] of columns.entries()) writers[i](record[column.name] ?? null, row, 0)
  return row
}

/** Encodes all rows of a table, one after another. Throws a UserError naming the columns that it lacks. */
export function encodeTable(columns: readonly ColumnEncoding[], table: RawTable): Float32Array {
  const width = encodedInput(columns).shape[0]
  const rows = new Float32Array(table.rows * width)
  const writers = columnWriters(columns)
  const missing = columns.filter(({ name }) => !table.columns.some((column) => column.name === name)).map(({ name }) => name)
  if (missing.length > 0) {
    throw new UserError(
      `${table.name} lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${missing.join(', ')}, which the model was trained with; it has ${table.columns.map(({ name }) => name).join(', ')}.`,
    )
  }
  for (const [i, column] of columns.entries()) {
    const cells = table.columns.find(({ name }) => name === column.name)?.cells ?? []
    const write = writers[i]
    for (let r = 0; r < table.rows; r++) write(cells[r] ?? null, rows, r * width)
  }
  return rows
}

/** Writes what one cell becomes into a row that begins at `start`. */
type ColumnWriter = (cell: Cell, into: Float32Array, start: number) => void

function columnWriters(columns: readonly ColumnEncoding[]): ColumnWriter[] {
  let numberAt = 0
  let categoryAt = columns.reduce((sum, column) => sum + numbersOf(column), 0)
  return columns.map((column) => {
    if (column.kind === 'category') return categoryWriter(column, categoryAt++)
    const at = numberAt
    numberAt += numbersOf(column)
    return column.kind === 'date' ? dateWriter(column, at) : numberWriter(column, at)
  })
}

function categoryWriter({ values = [] }: ColumnEncoding, at: number): ColumnWriter {
  const codes = new Map(values.map((value, i) => [value, i + 1]))
  return (cell, into, start) => {
    into[start + at] = cell === null || isMissing(cell) ? 0 : (codes.get(textOf(cell)) ?? 0)
  }
}

function numberWriter({ decimalComma, indicator }: ColumnEncoding, at: number): ColumnWriter {
  return (cell, into, start) => {
    const value = numberOf(cell, decimalComma)
    into[start + at] = value
    if (indicator) into[start + at + 1] = Number.isNaN(value) ? 1 : 0
  }
}

function dateWriter({ format = 'ymd', parts = [], indicator }: ColumnEncoding, at: number): ColumnWriter {
  return (cell, into, start) => {
    const time = dateOf(cell, format)
    for (const [i, part] of parts.entries()) into[start + at + i] = datePart(time, part)
    if (indicator) into[start + at + parts.length] = Number.isNaN(time) ? 1 : 0
  }
}

/** One number of a date; NaN for none. */
export function datePart(time: number, part: DatePart): number {
  const date = new Date(time)
  switch (part) {
    case 'epoch':
      return time / dayMs
    case 'year':
      return date.getUTCFullYear()
    case 'month':
      return date.getUTCMonth() + 1
    case 'weekday':
      return date.getUTCDay()
    case 'hour':
      return date.getUTCHours() + date.getUTCMinutes() / 60
  }
}

function numbersOf(column: ColumnEncoding): number {
  if (column.kind === 'category') return 0
  return (column.kind === 'date' ? (column.parts ?? []).length : 1) + (column.indicator ? 1 : 0)
}
