import { UserError } from '../../errors.ts'
import { quoted } from '../assemble.ts'
import type { ColumnEncoding, DatePart } from '../dataset.ts'
import { type Cell, dateOf, isMissing, numberOf, type RawTable, textOf } from './cell.ts'
import { datePart } from './encode.ts'
import { profileColumn } from './profile.ts'

/** Categories kept of a column, the most frequent ones; the others share code 0. */
export const maxCategories = 100
/** From this many different values on, those seen fewer than three times share code 0, so that it is trained. */
const manyCategories = 20
/** A number column gets a "missing" column of its own when at least this share of its training cells is missing. */
const indicatorShare = 0.01

/**
 * Learns how the columns of a table become numbers: kinds from the whole table, categories, constants and missing shares from the training rows
 * alone. Columns that cannot help (empty, constant, row numbers, free text) are left out, each with a note, as long as another one is left.
 */
export function learnColumns(
  table: RawTable,
  target: string,
  trainRows: Uint32Array,
): { readonly columns: ColumnEncoding[]; readonly notes: string[] } {
  const columns: ColumnEncoding[] = []
  const spare: ColumnEncoding[] = []
  const dropped = new Map<string, string[]>()
  const notes: string[] = []
  for (const column of table.columns) {
    if (column.name === target) continue
    const profile = profileColumn(column.cells)
    if (profile.strange.length > 0) {
      notes.push(
        `Column "${column.name}": ${quoted([...new Set(profile.strange)])} ${profile.strange.length === 1 ? 'is' : 'are'} no ${profile.kind}, so ${profile.strange.length === 1 ? 'it counts' : 'they count'} as missing.`,
      )
    }
    const train = Array.from(trainRows, (row) => column.cells[row])
    const encoding = profile.kind === 'missing' ? undefined : learnColumn(column.name, profile, train)
    const reason = encoding === undefined ? 'empty' : uselessReason(encoding, column.cells, train)
    if (encoding && reason === undefined) columns.push(encoding)
    else {
      if (encoding && reason !== 'constant' && reason !== 'empty') spare.push(encoding)
      dropped.set(reason as string, [...(dropped.get(reason as string) ?? []), column.name])
    }
  }
  if (columns.length === 0 && spare.length > 0) return { columns: spare, notes }
  if (columns.length === 0)
    throw new UserError(`${table.name} has no column to predict "${target}" from: the others are empty or the same in every row.`)
  for (const [reason, names] of dropped) notes.push(`Left out: ${quoted(names)} (${reasons[reason]}).`)
  return { columns, notes }
}

const reasons: Readonly<Record<string, string>> = {
  empty: 'no value in any training row',
  constant: 'the same in every training row',
  id: 'numbers each row, so it says nothing of a new one',
  text: 'nearly every row has another text, as ids and free text do',
}

function learnColumn(name: string, profile: ReturnType<typeof profileColumn>, train: readonly Cell[]): ColumnEncoding | undefined {
  if (profile.kind === 'category') return { name, kind: 'category', values: frequentValues(train) }
  const format = profile.format ?? 'ymd'
  const numbers = train.map((cell) => (profile.kind === 'date' ? dateOf(cell, format) : numberOf(cell, profile.decimalComma)))
  const missing = numbers.filter(Number.isNaN).length
  if (missing === train.length) return undefined
  const indicator = missing >= indicatorShare * train.length && missing > 0
  if (profile.kind === 'date') return { name, kind: 'date', format, parts: variedParts(numbers), ...(indicator && { indicator }) }
  return { name, kind: 'number', ...(profile.decimalComma && { decimalComma: true }), ...(indicator && { indicator }) }
}

/** Values by frequency, then by text. */
function frequentValues(cells: readonly Cell[]): string[] {
  const counts = new Map<string, number>()
  for (const cell of cells) {
    if (cell === null || isMissing(cell)) continue
    const text = textOf(cell)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const least = counts.size > manyCategories ? 3 : 1
  const order = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const frequent = order.filter(([, count]) => count >= least)
  return (frequent.length > 0 ? frequent : order).slice(0, maxCategories).map(([text]) => text)
}

/** The parts of dates that are not the same in every row; the day itself when all are. */
function variedParts(times: readonly number[]): DatePart[] {
  const present = times.filter((time) => !Number.isNaN(time))
  const varied = (['epoch', 'year', 'month', 'weekday', 'hour'] as const).filter((part) => {
    const first = datePart(present[0], part)
    return present.some((time) => datePart(time, part) !== first)
  })
  return varied.length > 0 ? varied : ['epoch']
}

function uselessReason(
  encoding: ColumnEncoding,
  cells: readonly Cell[],
  train: readonly Cell[],
): 'empty' | 'constant' | 'id' | 'text' | undefined {
  const present = cells.filter((cell) => !isMissing(cell))
  const distinct = new Set(present.map((cell) => textOf(cell)))
  const trainPresent = train.filter((cell) => !isMissing(cell))
  if (trainPresent.length === 0) return 'empty'
  const same = new Set(trainPresent.map((cell) => textOf(cell))).size === 1
  if (same && trainPresent.length === train.length) return 'constant'
  if (encoding.kind === 'category' && distinct.size > 50 && distinct.size > present.length / 2) return 'text'
  if (
    encoding.kind === 'number' &&
    distinct.size === cells.length &&
    cells.length >= 20 &&
    isConsecutive(cells.map((cell) => numberOf(cell, encoding.decimalComma)))
  )
    return 'id'
  return undefined
}

/** Whole numbers without a gap, in any order. */
function isConsecutive(numbers: readonly number[]): boolean {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of numbers) {
    if (!Number.isInteger(value)) return false
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return most - least === numbers.length - 1
}
