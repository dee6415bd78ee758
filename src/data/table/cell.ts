import type { DateFormat } from '../dataset.ts'

/** A value of a table as it was read: text from CSV, typed from Parquet; null is missing. */
export type Cell = string | number | boolean | Date | null

/** A table in memory, column by column. */
export interface RawTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly cells: readonly Cell[] }[]
  readonly rows: number
}

const missingWords = new Set(['', '?', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '-', '--'])

/** What stands for "no value": nothing, and the words that tables use for it (NA, N/A, NaN, null, None, ?, -), in any case. */
export function isMissing(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true
  if (typeof cell === 'string') return cell.length <= 4 && missingWords.has(cell.trim().toLowerCase())
  if (typeof cell === 'number') return Number.isNaN(cell)
  return cell instanceof Date && Number.isNaN(cell.getTime())
}

const pointNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const commaNumber = /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/

/** The number that a cell says, or NaN. Booleans are no numbers. */
export function numberOf(cell: Cell | undefined, decimalComma = false): number {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : Number.NaN
  if (typeof cell !== 'string') return Number.NaN
  const text = cell.trim()
  if (pointNumber.test(text)) return Number(text)
  if (decimalComma && commaNumber.test(text)) return Number(text.replace(',', '.'))
  return Number.NaN
}

const time = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?`
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${time}$`)
const yearLast = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${time}$`)

/** Milliseconds since 1970 (UTC where no zone is written) of a date, or NaN when the cell is none in this format. */
export function dateOf(cell: Cell | undefined, format: DateFormat): number {
  if (cell instanceof Date) return cell.getTime()
  if (typeof cell !== 'string') return Number.NaN
  const match = (format === 'ymd' ? yearFirst : yearLast).exec(cell.trim())
  if (!match) return Number.NaN
  const [first, second, third] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [year, month, day] = format === 'ymd' ? [first, second, third] : format === 'dmy' ? [third, second, first] : [third, first, second]
  const [hour, minute, seconds] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return Number.NaN
  if (hour > 24 || minute > 59 || seconds >= 61) return Number.NaN
  return Date.UTC(year, month - 1, day, hour, minute) + seconds * 1000 - zoneOffset(match[7])
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
}

/** The text of a category. */
export function textOf(cell: Cell): string {
  return cell instanceof Date ? cell.toISOString() : String(cell).trim()
}
