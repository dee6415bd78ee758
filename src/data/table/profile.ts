import type { DateFormat } from '../dataset.ts'
import { type Cell, dateOf, isMissing, numberOf, textOf } from './cell.ts'

/** What a column holds, found out from all its cells. */
export interface ColumnProfile {
  readonly kind: 'number' | 'category' | 'date' | 'missing'
  readonly format?: DateFormat
  readonly decimalComma?: boolean
  /** Cells with a value. */
  readonly present: number
  /** Cells of a number or date column that are neither; they count as missing. */
  readonly strange: readonly string[]
}

/** A few cells that do not parse (a typing mistake, "n.b.") do not make a number column a category column. */
const tolerated = 0.05

/**
 * Finds out what a column holds: numbers when at least 95 % of the present cells are numbers, else dates by the same rule (year first, or day or
 * month first, decided by the whole column), else categories. Numbers with a decimal comma count when no cell has a decimal point.
 */
export function profileColumn(cells: readonly Cell[]): ColumnProfile {
  const present = cells.filter((cell) => !isMissing(cell))
  if (present.length === 0) return { kind: 'missing', present: 0, strange: [] }
  const strangers = (good: (cell: Cell) => boolean): string[] => present.filter((cell) => !good(cell)).map(textOf)
  const most = (strange: readonly string[]): boolean => strange.length <= tolerated * present.length

  for (const decimalComma of [false, true]) {
    const strange = strangers((cell) => !Number.isNaN(numberOf(cell, decimalComma)))
    if (most(strange)) return { kind: 'number', present: present.length - strange.length, strange, ...(decimalComma && { decimalComma }) }
  }
  let best: { format: DateFormat; strange: string[] } | undefined
  // Month first wins a tie with day first: the order of the formats decides, and the sentence in the notes says so.
  for (const format of ['ymd', 'mdy', 'dmy'] as const) {
    const strange = strangers((cell) => !Number.isNaN(dateOf(cell, format)))
    if (best === undefined || strange.length < best.strange.length) best = { format, strange }
  }
  if (best && most(best.strange))
    return { kind: 'date', format: best.format, present: present.length - best.strange.length, strange: best.strange }
  return { kind: 'category', present: present.length, strange: [] }
}
