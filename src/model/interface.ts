import type { ColumnEncoding, DatePart } from '../data/dataset.ts'
import type { DataSummary } from './artifact.ts'

/** One input of an exported model. */
export interface ModelInput {
  /** Name in the ONNX graph. */
  readonly name: string
  /** `date`: milliseconds since 1970-01-01 UTC as int64; the smallest int64 (and anything before the year 0) is missing. */
  readonly kind: 'pixels' | 'signal' | 'number' | 'category' | 'date'
  /** What it holds for one example; a column is [1]. */
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'float32' | 'int64' | 'string'
  readonly column?: ColumnEncoding
}

/** Names that outputs have. */
export const outputNames = { probabilities: 'probabilities', label: 'label', value: 'value' } as const

/** Date parts of an encoded row when a column does not name them. */
export const partsOf = (column: ColumnEncoding): readonly DatePart[] => column.parts ?? ['epoch']

/** What a model takes, in the order of the data: raw pixels, a raw signal, or each raw column of a table. */
export function modelInputs(data: DataSummary): readonly ModelInput[] {
  const { shape } = data.input
  if (data.kind === 'image') return [{ name: 'pixels', kind: 'pixels', shape, dtype: data.dtype }]
  if (data.kind === 'signal') return [{ name: 'signal', kind: 'signal', shape, dtype: data.dtype }]
  const columns = data.columns ?? []
  const taken = new Set<string>(Object.values(outputNames))
  return columns.map((column, i) => {
    const name = freeName(column.name, i, taken)
    taken.add(name)
    const dtype = ({ number: 'float32', category: 'string', date: 'int64' } as const)[column.kind]
    return { name, kind: column.kind, shape: [1], dtype, column }
  })
}

/** The column's own name where it can be one: not empty, not an output's, not like the names of values inside a graph. */
function freeName(name: string, index: number, taken: ReadonlySet<string>): string {
  let free = name === '' || name.startsWith('_') || taken.has(name) ? `column ${name === '' ? index + 1 : name}` : name
  while (taken.has(free)) free += '_'
  return free
}
