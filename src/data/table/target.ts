import { UserError } from '../../errors.ts'
import type { Task } from '../../network/network.ts'
import { type Cell, isMissing, numberOf, textOf } from './cell.ts'
import { profileColumn } from './profile.ts'

/** Whole numbers with at most this many different values are classes. */
export const maxIntegerClasses = 10

export interface LearnedTarget {
  readonly task: Task
  readonly classes: readonly string[]
  /** Class indices or values of the rows in `rows`. */
  readonly targets: Int32Array | Float32Array
  /** Rows that have a target, ascending. */
  readonly rows: Uint32Array
  readonly notes: readonly string[]
}

/**
 * Classification or regression, and the targets, from the target column. The rule: text and booleans are classes; whole numbers with at most
 * ten different values are classes; all other numbers are a regression. Rows without a target are left out, with a note.
 * `where` names the column in errors (`"price" of houses.csv`). Throws a UserError when nothing can be learnt from the column.
 */
export function learnTarget(cells: readonly Cell[], where: string, task?: Task): LearnedTarget {
  const profile = profileColumn(cells)
  if (profile.kind === 'missing') throw new UserError(`The target ${where} has no value in any row: choose another column with --target.`)
  if (profile.kind === 'date')
    throw new UserError(
      `The target ${where} holds dates, which cannot be predicted: turn them into numbers (days from now) or choose another --target.`,
    )
  const usable = (cell: Cell): boolean =>
    profile.kind === 'category' ? !isMissing(cell) || isNoneClass(cell) : !Number.isNaN(numberOf(cell, profile.decimalComma))
  const rows = Uint32Array.from(cells.keys()).filter((row) => usable(cells[row]))
  const notes: string[] = []
  if (rows.length < cells.length) notes.push(`${cells.length - rows.length} of ${cells.length} rows have no target and were left out.`)
  const numbers = profile.kind === 'number' ? Float64Array.from(rows, (row) => numberOf(cells[row], profile.decimalComma)) : undefined
  const found = task ?? (numbers && !fewIntegers(numbers) ? 'regression' : 'classification')
  if (found === 'regression') {
    if (!numbers) throw new UserError(`The target ${where} holds text, so it cannot be predicted as a number.`)
    return { task: found, classes: [], targets: Float32Array.from(numbers), rows, notes }
  }
  const names = numbers ? Array.from(numbers, String) : Array.from(rows, (row) => textOf(cells[row]))
  const classes = [...new Set(names)].sort(numbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1))
  if (classes.length > 10 && classes.length > rows.length / 2) {
    throw new UserError(
      `The target ${where} has ${classes.length} different values in ${rows.length} rows, too many to be classes: choose another column with --target.`,
    )
  }
  const codes = new Map(classes.map((name, i) => [name, i]))
  return { task: found, classes, targets: Int32Array.from(names, (name) => codes.get(name) as number), rows, notes }
}

/** Words that mean "no value" in an input, but are a class of their own in a target ("none, mild, severe"). */
function isNoneClass(cell: Cell): boolean {
  return typeof cell === 'string' && ['none', 'nil', '-', '--'].includes(cell.trim().toLowerCase())
}

function fewIntegers(values: Float64Array): boolean {
  const distinct = new Set<number>()
  for (const value of values) {
    if (!Number.isInteger(value)) return false
    distinct.add(value)
    if (distinct.size > maxIntegerClasses) return false
  }
  return true
}

const likelyNames = ['target', 'label', 'class', 'y', 'outcome', 'answer', 'category', 'species', 'diagnosis', 'result']

/** Columns that may be the target, the likeliest first: one with a usual name, then from the last to the first. */
export function inferTarget(columns: readonly string[]): string[] {
  const rank = (name: string): number => {
    const at = likelyNames.indexOf(name.toLowerCase())
    return at < 0 ? likelyNames.length : at
  }
  return columns.toReversed().sort((a, b) => rank(a) - rank(b))
}

/** Finds the target among the columns, by name, or by number where the file has no header. Throws a UserError listing the columns. */
export function findTarget(columns: readonly string[], target: string | undefined, file: string, header: boolean): string {
  const list = `${columns.slice(0, 40).join(', ')}${columns.length > 40 ? `, and ${columns.length - 40} more` : ''}`
  const without = header ? '' : ' (it has no header line, so its columns are numbered)'
  if (target === undefined)
    throw new UserError(`${file} is a table: say which column to predict with --target; its columns are ${list}${without}.`)
  if (columns.includes(target)) return target
  if (!header && columns.includes(`column${target}`)) return `column${target}`
  const same = columns.find((name) => name.toLowerCase() === target.toLowerCase())
  throw new UserError(`${file} has no column "${target}"${same ? ` (did you mean "${same}"?)` : ''}: its columns are ${list}${without}.`)
}
