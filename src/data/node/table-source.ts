import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { UserError } from '../../errors.ts'
import { checkEnough, quoted } from '../assemble.ts'
import type { DataSource, DecodeResult, RecordSink } from '../decoded.ts'
import { givenPart, type SplitShares, splitRecords } from '../split.ts'
import type { RawTable } from '../table/cell.ts'
import { encodedInput, encodeTable } from '../table/encode.ts'
import { learnColumns } from '../table/learn.ts'
import { findTarget, learnTarget } from '../table/target.ts'
import { fileFingerprint } from './built-in.ts'
import { csvHead, readCsv } from './csv.ts'
import { parquetColumns, readParquet } from './parquet.ts'

export const tableEnding = /\.(csv|tsv|tab|txt|data|parquet|pq)(\.gz)?$/i
const parquetEnding = /\.(parquet|pq)$/i
/** Tables from this size on are kept encoded. */
const slowBytes = 4 * 1024 * 1024

/** Files of one table; with parts of its own, one file each. */
export interface TableFiles {
  readonly name: string
  readonly train: string
  readonly valid?: string
  readonly test?: string
}

export interface TableOptions {
  readonly target?: string
  readonly seed: number
  readonly splits?: SplitShares
}

/** A table before it is told what to predict: its columns, with their cells. */
export interface LoadedTable {
  readonly table: RawTable
  readonly header: boolean
  readonly skipped: readonly string[]
}

/** Column names of a table file, without reading all of it. */
export async function tableColumns(path: string): Promise<string[]> {
  return parquetEnding.test(path) ? parquetColumns(path) : (await csvHead(path)).columns.map(({ name }) => name)
}

/** Reads a table file of any kind. */
export async function readTable(path: string, target?: string): Promise<LoadedTable> {
  if (parquetEnding.test(path)) return { ...(await readParquet(path)), header: true }
  return { ...(await readCsv(path, target)), skipped: [] }
}

/** A table on disk as a data set. Splitting comes first, so that the encoding is learnt from the training rows alone. */
export function tableSource(files: TableFiles, options: TableOptions): DataSource {
  const paths = [files.train, files.valid, files.test].filter((path) => path !== undefined)
  return {
    name: files.name,
    fingerprint: fileFingerprint(paths),
    key: { table: paths, target: options.target, seed: options.seed, splits: options.splits },
    slow: paths.reduce((sum, path) => sum + statSync(path).size, 0) >= slowBytes,
    async decode(sink) {
      const loaded = await readTable(files.train, options.target)
      const parts = [loaded]
      const given = Array.from<number>({ length: loaded.table.rows }).fill(paths.length > 1 ? givenPart.train : givenPart.none)
      for (const [path, part] of [
        [files.valid, givenPart.valid],
        [files.test, givenPart.test],
      ] as const) {
        if (path === undefined) continue
        const more = await readTable(path, options.target)
        parts.push(more)
        for (let i = 0; i < more.table.rows; i++) given.push(part)
      }
      return decodeTable(joined(parts.map(({ table }) => table)), loaded, Uint8Array.from(given), options, sink)
    },
  }
}

/** Encodes a loaded table into the sink; `given` are the parts that its rows came in. */
export function decodeTable(all: RawTable, loaded: LoadedTable, given: Uint8Array, options: TableOptions, sink: RecordSink): DecodeResult {
  const names = all.columns.map(({ name }) => name)
  const target = findTarget(names, options.target, all.name, loaded.header)
  if (names.length === 1) throw new UserError(`${all.name} has only the column "${target}", so there is nothing to predict it from.`)
  const cells = all.columns.find(({ name }) => name === target)?.cells ?? []
  const learned = learnTarget(cells, `"${target}" of ${all.name}`)
  const { rows, targets, task, classes } = learned
  checkEnough(all.name, rows.length)
  const table: RawTable = {
    name: all.name,
    rows: rows.length,
    columns:
      rows.length === all.rows
        ? all.columns
        : all.columns.map(({ name, cells }) => ({ name, cells: Array.from(rows, (row) => cells[row] ?? null) })),
  }
  const parts = splitRecords({
    targets,
    classes: classes.length,
    given: given.length === 0 ? given : Uint8Array.from(rows, (row) => given[row]),
    seed: options.seed,
    ...(options.splits && { shares: options.splits }),
  })
  const part = new Uint8Array(table.rows)
  for (const name of ['train', 'valid', 'test'] as const) for (const row of parts[name]) part[row] = givenPart[name]
  const { columns, notes } = learnColumns(table, target, parts.train)
  const encoded = encodeTable(columns, table)
  sink.append(new Uint8Array(encoded.buffer))
  const nested = loaded.skipped.length > 0 ? [`Left out: ${quoted(loaded.skipped)} (lists or records, not one value a row).`] : []
  return {
    targets,
    given: part,
    info: {
      kind: 'table',
      task,
      input: encodedInput(columns),
      dtype: 'float32',
      classes,
      columns,
      target,
      notes: [...learned.notes, ...nested, ...notes],
    },
  }
}

/** The rows of several tables with the same columns, one after another. */
function joined(tables: readonly RawTable[]): RawTable {
  const [first, ...others] = tables as [RawTable, ...RawTable[]]
  for (const other of others) {
    const lacking = first.columns.filter(({ name }) => !other.columns.some((column) => column.name === name)).map(({ name }) => name)
    if (lacking.length > 0)
      throw new UserError(`${other.name} lacks ${quoted(lacking)}, which ${first.name} has: give all parts the same columns.`)
  }
  if (others.length === 0) return first
  return {
    name: first.name,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    columns: first.columns.map(({ name }) => ({
      name,
      cells: tables.flatMap((table) => table.columns.find((column) => column.name === name)?.cells ?? []),
    })),
  }
}

/** The name that a person gives a file: without folder and endings. */
export function shortName(path: string): string {
  return basename(path).replace(/\.gz$/i, '') || path
}
