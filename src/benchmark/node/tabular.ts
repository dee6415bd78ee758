import { availableParallelism } from 'node:os'
import { UserError } from '../../errors.ts'
import { findSpace, spaces } from '../../hub/index.ts'
import { knownSpace, type KnownSpace } from '../../search/node/spaces.ts'
import { cellsOf } from '../columns.ts'
import { compare, type Task } from '../compare.ts'
import { checkContestants, contestantsOf } from '../contestants.ts'
import { type KnownTable, knownTables } from '../known/index.ts'
import { playHere } from '../play-here.ts'
import { problemOf } from '../problem.ts'
import { chooseColumns, type ColumnChoice, readProblem } from '../table-problem.ts'
import type { TabularResult } from '../words.ts'
import { findTable } from './find-table.ts'
import { readTable } from './read-table.ts'
import { playInThreads } from './threads.ts'

/** What is to be compared; names as on the command line. */
export interface TabularOptions extends ColumnChoice {
  /** A file, or the name of a published table. */
  readonly table: string
  readonly strategies: readonly string[]
  /** Trials of each search. */
  readonly budget: number
  /** Searches of each strategy, each with a seed of its own; default 100. */
  readonly repeats?: number
  readonly seed?: number
  /** A name in the hub, or a module and its export; default: by what the table holds. */
  readonly space?: string
  /** Options of strategies: `population`, or `evolution.population` for one alone. */
  readonly settings?: Readonly<Record<string, number | string | boolean>>
  /** Threads; default: one for each core. */
  readonly workers?: number
  readonly onPlay?: (task: Task) => void
  /** Plain sentences on the way. */
  readonly onNote?: (note: string) => void
}

/**
 * Lets strategies search a table of measured architectures, each with many seeds, and compares what they find.
 *
 * @throws UserError for the first thing that is not as it must be, before any search begins
 */
export async function runTabular(options: TabularOptions): Promise<TabularResult> {
  const { budget, repeats = 100, seed = 0, workers = availableParallelism(), onPlay, onNote } = options
  const contestants = contestantsOf(options.strategies, options.settings)
  const table = await readTable(findTable(options.table))
  const known = knownTables.find((candidate) => candidate.recognise(table) !== undefined)
  const columns = chooseColumns(table, known, options)
  const { named, space } = await knownSpace(
    options.space ?? known?.space ?? guessedSpace(cellsOf(table, columns.architecture, '--architecture')),
  )
  const direction = options.direction ?? 'maximize'
  const notation: KnownTable['notation'] = known?.notation ?? ((text) => text)
  const { data, left } = readProblem(table, space, { ...columns, seconds: options.seconds, direction }, notation)
  if (left > 0) onNote?.(`${left} of ${table.rows} rows are left out: they lack a number.`)
  const problem = problemOf(data, space)
  if (problem.partial)
    onNote?.(
      `The table holds ${data.architectures.length} of the ${space.size ?? 'uncountable'} architectures of the space: the search is among these.`,
    )
  checkContestants(contestants, problem.space)
  const playAll = workers === 1 ? playHere(problem) : playInThreads({ data, space: named }, workers)
  const comparison = await compare(data, { contestants, budget, repeats, seed, onPlay }, playAll)
  const { signal, truth } = columns
  return { table: known?.name ?? table.name, space: space.name, signal, truth, rows: data.architectures.length, ...comparison }
}

/** The one space of the hub that reads the first architectures of a table. */
function guessedSpace(cells: readonly unknown[]): KnownSpace['named']['name'] {
  const texts = cells.slice(0, 5).map(String)
  const reads = (name: string): boolean => {
    const space = findSpace(name)
    try {
      for (const text of texts) space.parse(text)
      return true
    } catch {
      return false
    }
  }
  const fitting = spaces.map(({ name }) => name).filter(reads)
  if (fitting.length === 1) return fitting[0]
  const why = fitting.length === 0 ? `no ready space reads "${texts[0]}"` : `${fitting.join(' and ')} read it`
  throw new UserError(`Say with --space of which space the architectures are, by name or module (./mine.ts#space): ${why}.`)
}
