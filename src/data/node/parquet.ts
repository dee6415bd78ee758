import { basename } from 'node:path'
import { UserError } from '../../errors.ts'
import type { Cell, RawTable } from '../table/cell.ts'

/** Names of the columns that hold one value a row, from the file's end alone. */
export async function parquetColumns(path: string): Promise<string[]> {
  return (await openParquet(path)).names
}

/** Reads a Parquet file. Columns of lists or records are left out, as `skipped`. */
export async function readParquet(path: string): Promise<{ readonly table: RawTable; readonly skipped: readonly string[] }> {
  const { file, metadata, names, nested } = await openParquet(path)
  if (names.length === 0) throw new UserError(`${path} has no column with one value a row.`)
  const { parquetReadObjects } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  let rows: Record<string, unknown>[]
  try {
    rows = await parquetReadObjects({ file, metadata, columns: names, compressors })
  } catch (error) {
    throw new UserError(`${path} is a damaged Parquet file (${(error as Error).message}): make it anew.`)
  }
  if (rows.length === 0) throw new UserError(`${path} has column names but no rows: a table needs a row for each example.`)
  const columns = names.map((name) => ({ name, cells: rows.map((row) => cellOf(row[name])) }))
  return { table: { name: basename(path), columns, rows: rows.length }, skipped: nested }
}

async function openParquet(path: string) {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } = await import('hyparquet')
  const file = await asyncBufferFromFile(path)
  try {
    const metadata = await parquetMetadataAsync(file)
    const children = parquetSchema(metadata).children
    const flat = children.filter((child) => child.children.length === 0 && child.element.repetition_type !== 'REPEATED')
    const names = flat.map(({ element }) => element.name)
    return { file, metadata, names, nested: children.filter((child) => !flat.includes(child)).map(({ element }) => element.name) }
  } catch (error) {
    throw new UserError(`${path} is not a whole Parquet file (${(error as Error).message}): make it anew.`)
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return JSON.stringify(value)
}
