import type { RawTable } from '../../data/table/cell.ts'

/** Columns that belong together: what a strategy sees, and what its choice is judged by. */
export interface Pair {
  readonly signal: string
  readonly truth: string
}

/** A published table: where it is found, how its rows are read, and which columns are used when none are named. */
export interface KnownTable {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper: string
  /** Its file below the folder of tables. */
  readonly file: string
  /** How anyone gets it, as the end of a sentence. */
  readonly source: string
  /** The space of the hub that its rows are architectures of. */
  readonly space: string
  /** The column of architectures when a table is this one, by its columns and what is in them; undefined when it is another. */
  recognise(table: RawTable): string | undefined
  /** A cell of that column as a string that the space reads. */
  notation(text: string): string
  /** Columns that go together; the first pair is the default. */
  readonly pairs: readonly Pair[]
}

/** A column of the name whose cells all look so; at most a few rows are looked at. */
export function columnLike(table: RawTable, name: string, pattern: RegExp): string | undefined {
  const column = table.columns.find((candidate) => candidate.name === name)
  return column && column.cells.slice(0, 50).every((cell) => typeof cell === 'string' && pattern.test(cell)) ? name : undefined
}

export const hasColumns = (table: RawTable, names: readonly string[]): boolean =>
  names.every((name) => table.columns.some((column) => column.name === name))
