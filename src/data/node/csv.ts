import { createReadStream, openSync, closeSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip, gunzipSync, constants } from 'node:zlib'
import { CsvError, parse } from 'csv-parse'
import { UserError } from '../../errors.ts'
import { type Cell, isMissing, numberOf, type RawTable } from '../table/cell.ts'
import { type Delimiter, findDelimiter } from '../table/delimiter.ts'

/** A table as text, and whether its first line named the columns. */
export interface ReadTable {
  readonly table: RawTable
  readonly header: boolean
}

/** More cells than this are not held in memory. */
const cellLimit = 200_000_000
const headBytes = 256 * 1024

/**
 * Reads a CSV or TSV file (`.gz` too). The delimiter is found out. The first line is a header when `target` (no number) names one of its cells, when it has
 * a text in some cell and no number in any, or when it counts 0, 1, 2, …; without a header the columns are column1, column2, …
 * Throws a UserError with the line for ragged rows, open quotes and duplicate headers.
 */
export async function readCsv(path: string, target?: string): Promise<ReadTable> {
  const { delimiter } = inspectHead(path)
  return parseRows(textStream(path, delimiter), basename(path), delimiter, target)
}

/** The first rows of a file, without reading the rest. */
export async function csvHead(path: string): Promise<RawTable> {
  const { head, delimiter } = inspectHead(path)
  const lines = head.split('\n').slice(0, 200)
  // The last line of the head may be cut off.
  if (lines.length > 1) lines.pop()
  const { table } = await parseRows(Readable.from([normalizeBlanks(lines.join('\n'), delimiter)]), basename(path), delimiter)
  return table
}

/** Reads a table from text that is already in memory (an entry of a zip archive). */
export async function parseCsvText(text: string, name: string, target?: string): Promise<ReadTable> {
  const delimiter = findDelimiter(text.slice(0, headBytes))
  return parseRows(Readable.from([normalizeBlanks(text, delimiter)]), name, delimiter, target)
}

function inspectHead(path: string): { head: string; delimiter: Delimiter } {
  const head = readHead(path)
  if (head.includes('\0')) throw new UserError(`${path} is not a text table: it holds bytes that are no text; save it as CSV (UTF-8).`)
  if (head.trim() === '') throw new UserError(`${path} is empty: a table needs a line with the column names and a line for each example.`)
  return { head: head.replace(/\r\n?/g, '\n'), delimiter: findDelimiter(head) }
}

function readHead(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(headBytes)
    const head = bytes.subarray(0, readSync(file, bytes))
    if (!isGzip(path)) return new TextDecoder().decode(head)
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 28 })
      .subarray(0, headBytes)
      .toString()
  } catch (error) {
    throw notReadable(path, error)
  } finally {
    closeSync(file)
  }
}

function textStream(path: string, delimiter: Delimiter): Readable {
  const file = createReadStream(path)
  const raw = isGzip(path) ? file.pipe(createGunzip()) : file
  // `pipe` does not pass errors on.
  file.on('error', (error) => raw.destroy(error))
  return delimiter === 'spaces' ? Readable.from(blanksToOne(raw)) : raw
}

async function* blanksToOne(source: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of source) {
    const text = rest + decoder.decode(chunk as Uint8Array, { stream: true })
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    if (end > 0) yield normalizeBlanks(text.slice(0, end), 'spaces')
  }
  yield normalizeBlanks(rest, 'spaces')
}

function normalizeBlanks(text: string, delimiter: Delimiter): string {
  if (delimiter !== 'spaces') return text
  return text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .join('\n')
}

async function parseRows(source: Readable, name: string, delimiter: Delimiter, target?: string): Promise<ReadTable> {
  const parser = parse({
    bom: true,
    delimiter: delimiter === 'spaces' ? ' ' : delimiter,
    trim: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  })
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let names: string[] | undefined
  let header = false
  let rows = 0
  const columns: Cell[][] = []
  const push = (record: readonly string[]): void => {
    for (const [i, text] of record.entries()) columns[i].push(isMissing(text) && text.length === 0 ? null : text)
    rows++
    if (rows * record.length > cellLimit)
      throw new UserError(
        `${name} has more than ${cellLimit / 1e6} million cells, more than is held in memory: use a part of it, or fewer columns.`,
      )
  }
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (names === undefined) {
        header = isHeader(record, target)
        names = header ? headerNames(record, name) : record.map((_, i) => `column${i + 1}`)
        for (const _ of record) columns.push([])
        if (header) continue
      }
      push(record)
    }
  } catch (error) {
    throw csvSentence(name, error)
  } finally {
    source.destroy()
  }
  if (names === undefined || rows === 0)
    throw new UserError(
      `${name} has ${names === undefined ? 'no lines' : 'column names but no rows'}: a table needs a line for each example.`,
    )
  return { header, table: { name, rows, columns: names.map((column, i) => ({ name: column, cells: columns[i] })) } }
}

function isHeader(first: readonly string[], target: string | undefined): boolean {
  if (target !== undefined && Number.isNaN(numberOf(target)) && first.includes(target)) return true
  // Columns that a data frame numbered by itself.
  if (first.length > 2 && first.every((cell, i) => cell === String(i))) return true
  return first.some((cell) => !isMissing(cell)) && first.every((cell) => Number.isNaN(numberOf(cell, true)))
}

function headerNames(cells: readonly string[], file: string): string[] {
  const names = cells.map((cell, i) => (cell === '' ? `column${i + 1}` : cell))
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new UserError(
      `${file} has two columns named "${twice}" (columns ${names.indexOf(twice) + 1} and ${names.lastIndexOf(twice) + 1}): give each its own name.`,
    )
  return names
}

function csvSentence(name: string, error: unknown): unknown {
  if (error instanceof UserError) return error
  if (!(error instanceof CsvError)) return notReadable(name, error)
  const line = Number(error.lines ?? 0)
  const where = `${name}, line ${line}`
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return new UserError(
        `${where} has ${(error.record as unknown[] | undefined)?.length ?? 'another number of'} columns where the lines before have ${columnsBefore(error.message)}: correct that line.`,
      )
    case 'CSV_QUOTE_NOT_CLOSED':
      return new UserError(`${where}: a quote (") is opened and never closed; close it, or write a quote within text as "".`)
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return new UserError(`${where}: a quote (") stands within a cell; put the whole cell in quotes and write the quote as "".`)
    default:
      return new UserError(`${where} cannot be read as a table: ${error.message}`)
  }
}

function columnsBefore(message: string): string {
  return /expect (\d+)/.exec(message)?.[1] ?? 'another number'
}

export function notReadable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`${path} may not be read: give yourself the permission to read it.`)
  if (code?.startsWith('Z_')) return new UserError(`${path} is not a whole gzip file: copy or download it again.`)
  return new UserError(`${path} cannot be read: ${message}`)
}

function isGzip(path: string): boolean {
  return path.toLowerCase().endsWith('.gz')
}
