import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { notReadable, readCsv } from '../../data/node/csv.ts'
import { readParquet } from '../../data/node/parquet.ts'
import type { Cell, RawTable } from '../../data/table/cell.ts'
import { UserError } from '../../errors.ts'

/**
 * Reads a table: CSV or TSV (`.gz`, too), Parquet, or JSON (`.gz`, too): an array of records, or an object from architecture to record. A list of numbers in a
 * JSON record becomes a column a number, `name_1`, `name_2`, ….
 *
 * @throws UserError when it cannot be read as one
 */
export async function readTable(path: string): Promise<RawTable> {
  if (statSync(path).isDirectory()) throw new UserError(`${path} is a folder: name the file of the table in it.`)
  if (/\.json(\.gz)?$/i.test(path)) return readJson(path)
  if (/\.parquet$/i.test(path)) return (await readParquet(path)).table
  return (await readCsv(path)).table
}

type JsonRecord = Readonly<Record<string, unknown>>

function readJson(path: string): RawTable {
  const name = basename(path)
  const value = parsed(path)
  const rows: readonly JsonRecord[] = Array.isArray(value)
    ? value.filter(isRecord)
    : isRecord(value)
      ? Object.entries(value).flatMap(([architecture, entry]) => (isRecord(entry) ? [{ architecture, ...entry }] : []))
      : []
  if (rows.length === 0)
    throw new UserError(
      `${path} holds no table: it must be a list of records ([{"architecture": …, "accuracy": …}, …]) or an object from architecture to record.`,
    )
  const flat = rows.map(flattened)
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))]
  return { name, rows: flat.length, columns: names.map((column) => ({ name: column, cells: flat.map((row) => row.get(column) ?? null) })) }
}

const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(path: string): unknown {
  try {
    const bytes = readFileSync(path)
    return JSON.parse((path.toLowerCase().endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path} is no valid JSON: ${error.message}`)
    throw notReadable(path, error)
  }
}

function flattened(row: JsonRecord): Map<string, Cell> {
  const cells = new Map<string, Cell>()
  for (const [name, value] of Object.entries(row)) {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) cells.set(`${name}_${i + 1}`, cellOf(item))
    else cells.set(name, cellOf(value))
  }
  return cells
}

const cellOf = (value: unknown): Cell =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null
