import { MemoryRecords } from '../data/records.ts'
import type { Runtime, Session, Value } from '../tensor/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { createEvaluator } from '../train/index.ts'
import type { TrainedModel } from './artifact.ts'
import { modelInputs, outputNames } from './interface.ts'
import { arrayValue, rawColumns } from './raw-inputs.ts'

/** Largest difference of a probability, or of a value in deviations of the target. */
const tolerance = 1e-4

/**
 * Runs a model file and the network that it was made of on the model's examples, all at once and the first one alone, and compares.
 * @throws Error that says by how much they differ
 */
export async function verifyModel(model: TrainedModel, bytes: Uint8Array, runtime: Runtime, threads = 1): Promise<void> {
  const { data } = model
  const width = sizeOf(data.input.shape)
  const encoded = exampleRows(model, width)
  const inputs = modelInputs(data)
  const { feeds, rows } =
    data.kind === 'table'
      ? rawColumns(inputs, encoded, width)
      : { rows: encoded, feeds: { [inputs[0].name]: arrayValue(inputs[0], encoded) } }
  const expected = await expectedOutputs(model, rows, runtime, threads)
  const session = await runtime.createSession(bytes, { threads })
  try {
    await compare(model, session, feeds, expected)
    await compare(model, session, firstOf(feeds), firstExpected(expected, data.classes.length))
  } finally {
    await session.release()
  }
}

/** The model's examples; for tables also a row without any value; where there are none, a row of zeros. */
function exampleRows({ data, examples }: TrainedModel, width: number): Float32Array {
  if (data.kind !== 'table') return examples.count > 0 ? examples.inputs : new Float32Array(width)
  const codes = data.input.categories?.length ?? 0
  const empty = new Float32Array(width).fill(Number.NaN, 0, width - codes)
  const rows = new Float32Array(examples.inputs.length + width)
  rows.set(examples.inputs)
  rows.set(empty, examples.inputs.length)
  return withIndicators(rows, width, data)
}

/** A row without any value says so in its columns for "missing". */
function withIndicators(rows: Float32Array, width: number, data: TrainedModel['data']): Float32Array {
  let at = rows.length - width
  for (const column of data.columns ?? []) {
    if (column.kind === 'category') continue
    at += column.kind === 'date' ? (column.parts ?? ['epoch']).length : 1
    if (column.indicator) rows[at++] = 1
  }
  return rows
}

interface Expected {
  readonly count: number
  readonly probabilities?: Float32Array
  readonly predictions: ArrayLike<number>
}

async function expectedOutputs(
  { network, weights, data }: TrainedModel,
  rows: Float32Array,
  runtime: Runtime,
  threads: number,
): Promise<Expected> {
  const width = sizeOf(data.input.shape)
  const count = rows.length / width
  const targets = data.task === 'classification' ? new Int32Array(count) : new Float32Array(count)
  const records = new MemoryRecords(data.dtype === 'uint8' ? Uint8Array.from(rows) : rows, targets, width)
  const evaluator = await createEvaluator({ runtime, threads, network, data, dtype: data.dtype, batchSize: count })
  try {
    const { probabilities, predictions } = (await evaluator.evaluate(weights, records)) ?? { predictions: [] }
    return { count, probabilities, predictions }
  } finally {
    await evaluator.release()
  }
}

const firstExpected = ({ probabilities, predictions }: Expected, classes: number): Expected => ({
  count: 1,
  probabilities: probabilities?.subarray(0, classes),
  predictions: [predictions[0]],
})

/** The first example of a batch. */
const firstOf = (feeds: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape: [1, ...shape.slice(1)], data: data.slice(0, sizeOf(shape.slice(1))) },
    ]),
  )

async function compare(
  { data }: TrainedModel,
  session: Session,
  feeds: Readonly<Record<string, Value>>,
  expected: Expected,
): Promise<void> {
  const outputs = await session.run(feeds)
  if (data.task === 'regression') {
    const deviation = data.targetScale?.deviation ?? 1
    const got = outputs[outputNames.value].data as Float32Array
    // Large values keep seven digits in float32, whatever the deviation is.
    const allowed = (i: number): number => tolerance * deviation + 1e-6 * Math.abs(expected.predictions[i])
    mustAgree(got, expected.predictions, allowed, expected.count)
    return
  }
  const got = outputs[outputNames.probabilities].data as Float32Array
  const probabilities = expected.probabilities ?? new Float32Array()
  mustAgree(got, probabilities, () => tolerance, probabilities.length)
  const labels = outputs[outputNames.label].data as readonly string[]
  const classes = data.classes.length
  for (let i = 0; i < expected.count; i++) {
    const row = got.subarray(i * classes, (i + 1) * classes)
    if (labels[i] !== data.classes[row.indexOf(Math.max(...row))])
      throw new Error(`The exported model names the class ${labels[i]} that is not its most probable one`)
  }
}

function mustAgree(got: ArrayLike<number>, expected: ArrayLike<number>, allowed: (i: number) => number, count: number): void {
  if (got.length !== count) throw new Error(`The exported model gives ${got.length} numbers where the network gives ${count}`)
  for (let i = 0; i < count; i++) {
    // NaN must fail too, so the comparison is of what is right.
    if (Math.abs(got[i] - expected[i]) <= allowed(i) || Object.is(got[i], expected[i])) continue
    throw new Error(`The exported model gives ${got[i]} where the network gives ${expected[i]}: the export is wrong; please report it`)
  }
}
