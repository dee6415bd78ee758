import type { RawTable } from '../data/table/cell.ts'
import { UserError } from '../errors.ts'
import { SpaceError, type SearchSpace } from '../space/index.ts'
import { cellsOf, numbersOf, numericColumns } from './columns.ts'
import type { KnownTable } from './known/index.ts'
import type { ProblemData } from './problem.ts'

/** Which columns of a table are used. */
export interface ColumnChoice {
  readonly architecture?: string
  readonly signal?: string
  readonly truth?: string
  readonly seconds?: string
  readonly direction?: ProblemData['direction']
}

export interface NamedColumns {
  readonly architecture: string
  readonly signal: string
  readonly truth: string
}

/**
 * The columns to use: those that were named, else those of the known table, else by their usual names.
 *
 * @throws UserError when a column must be named
 */
export function chooseColumns(table: RawTable, known: KnownTable | undefined, given: ColumnChoice): NamedColumns {
  const architecture = given.architecture ?? known?.recognise(table) ?? usual(table)
  const pair =
    known?.pairs.find(
      ({ signal, truth }) => (given.signal ?? signal) === signal && (given.truth ?? truth) === truth && inTable(table, [signal, truth]),
    ) ?? known?.pairs[0]
  const signal = given.signal ?? pair?.signal
  if (signal === undefined)
    throw new UserError(
      `Say with --signal which column of ${table.name} the strategies see (and with --truth by which they are judged, if it is another): ${numericColumns(table).join(', ')}.`,
    )
  return { architecture, signal, truth: given.truth ?? pair?.truth ?? signal }
}

const inTable = (table: RawTable, names: readonly string[]): boolean =>
  names.every((name) => table.columns.some((column) => column.name === name))

/** The column of architectures by its name. */
function usual(table: RawTable): string {
  const found = table.columns.find(({ name }) => /^(architecture|arch|arch_str)$/i.test(name))
  if (found) return found.name
  const names = table.columns.map(({ name }) => name)
  throw new UserError(`Say with --architecture which column of ${table.name} holds the architectures: ${names.join(', ')}.`)
}

/** A table read over a space, and how many rows were left out because a number is missing. */
export interface TableProblem {
  readonly data: ProblemData
  readonly left: number
}

/**
 * The rows of a table as architectures of a space with their numbers.
 *
 * @throws UserError for a row that is none, two rows that are the same one, and columns that are not there
 */
export function readProblem(
  table: RawTable,
  space: SearchSpace,
  columns: NamedColumns & { readonly seconds?: string; readonly direction: ProblemData['direction'] },
  notation: (text: string) => string,
): TableProblem {
  const signal = numbersOf(table, columns.signal, '--signal')
  const truth = numbersOf(table, columns.truth, '--truth')
  const seconds = columns.seconds === undefined ? undefined : numbersOf(table, columns.seconds, '--time')
  const cells = cellsOf(table, columns.architecture, '--architecture')
  const rows = new Map<string, number>()
  for (const [row, cell] of cells.entries()) {
    if (![signal, truth, seconds ?? truth].every((numbers) => Number.isFinite(numbers[row]))) continue
    const text = printed(space, notation(cell === null ? '' : String(cell)), `${table.name}, row ${row + 1}`)
    const before = rows.get(text)
    if (before !== undefined)
      throw new UserError(
        `${table.name}: rows ${before + 1} and ${row + 1} are the same architecture, ${String(cell)}: keep one row an architecture (the mean of several trainings, for example).`,
      )
    rows.set(text, row)
  }
  if (rows.size === 0) throw new UserError(`No row of ${table.name} has a number in both "${columns.signal}" and "${columns.truth}".`)
  const kept = [...rows.values()]
  const of = (numbers: Float64Array): Float64Array => Float64Array.from(kept, (row) => numbers[row])
  const data: ProblemData = {
    architectures: [...rows.keys()],
    signal: of(signal),
    truth: of(truth),
    seconds: seconds && of(seconds),
    direction: columns.direction,
  }
  return { data, left: table.rows - kept.length }
}

function printed(space: SearchSpace, text: string, where: string): string {
  try {
    return space.print(space.parse(text))
  } catch (error) {
    if (!(error instanceof SpaceError)) throw error
    throw new UserError(
      `${where} is no architecture of the space "${space.name}": ${error.message} Name the table's space with --space, or its column of architectures with --architecture.`,
    )
  }
}
