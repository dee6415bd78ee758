import { countClasses, quoted } from './assemble.ts'
import type { Dataset } from './dataset.ts'

/** What a data set is, in plain data: for a report, and for `--json`. */
export interface DatasetSummary {
  readonly name: string
  readonly kind: Dataset['kind']
  readonly task: Dataset['task']
  /** [channels, height, width], [channels, length] or [encoded columns]. */
  readonly shape: readonly number[]
  readonly counts: { readonly train: number; readonly valid: number; readonly test: number }
  /** Examples of each class in each part, in the order of the classes; empty for regression. */
  readonly classes: readonly { readonly name: string; readonly train: number; readonly valid: number; readonly test: number }[]
  readonly columns: readonly { readonly name: string; readonly kind: string }[]
  readonly target?: string
  readonly notes: readonly string[]
}

/** Counts what is in a data set. */
export function summarize(dataset: Dataset): DatasetSummary {
  const { name, kind, task, input, columns = [], target, notes } = dataset
  const counts = { train: dataset.train.count, valid: dataset.valid.count, test: dataset.test.count }
  const [train, valid, test] = [dataset.train, dataset.valid, dataset.test].map(({ targets }) =>
    countClasses(targets, dataset.classes.length),
  )
  return {
    name,
    kind,
    task,
    shape: input.shape,
    counts,
    classes: dataset.classes.map((label, c) => ({ name: label, train: train[c], valid: valid[c], test: test[c] })),
    columns: columns.map((column) => ({ name: column.name, kind: column.kind })),
    ...(target !== undefined && { target }),
    notes,
  }
}

/** A data set in a few plain sentences: what it holds, how it was split, what was noticed. */
export function describe(dataset: Dataset): string[] {
  const { kind, task, input, classes, train, valid, test, columns = [] } = dataset
  const total = train.count + valid.count + test.count
  const [a, b, c] = input.shape
  const what = {
    image: `${total} pictures of ${c}×${b} pixels, ${a === 1 ? 'grey' : 'colour'}`,
    signal: `${total} signals of ${b} steps in ${a} ${a === 1 ? 'channel' : 'channels'}`,
    table: `${total} rows with ${columns.length} ${columns.length === 1 ? 'column' : 'columns'} to predict from`,
  }[kind]
  const predicted =
    task === 'regression'
      ? `a number to predict${dataset.target ? ` ("${dataset.target}")` : ''}`
      : `${classes.length} classes (${quoted(classes)})`
  return [
    `${dataset.name}: ${what}; ${predicted}.`,
    `${train.count} to train on, ${valid.count} to choose by, ${test.count} kept back for the final test.`,
    ...dataset.notes,
  ]
}
