import { type Cell, numberOf, type RawTable } from '../data/table/cell.ts'
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'

/** The cells of a column. @throws UserError with the nearest names and all there are */
export function cellsOf(table: RawTable, name: string, option: string): readonly Cell[] {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (column) return column.cells
  const names = table.columns.map((candidate) => candidate.name)
  throw new UserError(`${table.name} has no column "${name}" (${option}).${didYouMean(name, names)} Its columns are: ${names.join(', ')}.`)
}

/** The numbers of a column, NaN where it has none. @throws UserError when it has none at all */
export function numbersOf(table: RawTable, name: string, option: string): Float64Array {
  const numbers = Float64Array.from(cellsOf(table, name, option), (cell) => numberOf(cell))
  if (numbers.every(Number.isNaN))
    throw new UserError(
      `The column "${name}" (${option}) of ${table.name} holds no numbers: name one of ${numericColumns(table).join(', ')}.`,
    )
  return numbers
}

/** Columns in which the first rows are numbers. */
export const numericColumns = (table: RawTable): readonly string[] =>
  table.columns.filter(({ cells }) => cells.slice(0, 20).some((cell) => Number.isFinite(numberOf(cell)))).map(({ name }) => name)
