import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { decodeImage } from '../data/node/image.ts'
import { folderFiles, zipFiles } from '../data/node/files.ts'
import { readTable, tableEnding } from '../data/node/table-source.ts'
import { imageEnding } from '../data/image-list.ts'
import { inputBytes, inputLayout } from '../data/arrays.ts'
import type { ImageShape } from '../data/augment.ts'
import { parseNpy } from '../data/npy.ts'
import type { RawTable } from '../data/table/cell.ts'
import { createNodeRuntime } from '../tensor/node/index.ts'
import type { Runtime, Value } from '../tensor/index.ts'
import { explained } from './files.ts'
import { outputNames } from './interface.ts'
import { damaged, openModel, type OpenModel } from './model-file.ts'
import type { Prediction } from './prediction.ts'
import { arrayValue, columnValue } from './raw-inputs.ts'

export { type Prediction, toCsv } from './prediction.ts'

export interface PredictOptions {
  readonly runtime?: Runtime
  /** Default: all cores. */
  readonly threads?: number
  /** Told of each input that could not be read. */
  readonly onNote?: (note: string) => void
}

/** Examples that are run together. */
const batch = 64

/** Something to predict: its name, and what makes its raw values; a failure is an Error, so that the others still get theirs. */
type Example = { readonly input: string; readonly values: ArrayLike<number> | Error }

/**
 * Predicts with an exported model. Pictures, folders and zip archives of pictures (files by name) for a model of images; CSV, TSV or Parquet tables for
 * one of tables, whose other columns are ignored; NPY arrays for any.
 * @param inputs paths
 * @returns one row for each input, in their order; a picture that cannot be read has an empty prediction and says why
 * @throws UserError for a file that is not there or not for this model, a table that lacks columns, a damaged model, or when nothing could be read
 */
export async function predict(modelPath: string, inputs: readonly string[], options: PredictOptions = {}): Promise<Prediction[]> {
  const { threads = availableParallelism(), onNote } = options
  const runtime = options.runtime ?? (await createNodeRuntime())
  const model = await openModel(modelPath, runtime, threads)
  try {
    const rows: Prediction[] = []
    for (const path of inputs) rows.push(...(await predictPath(model, path)))
    const failed = rows.filter(({ error }) => error !== undefined)
    if (failed.length > 0 && failed.length === rows.length) {
      const [{ input, error }] = failed
      throw new UserError(
        `${input} cannot be read${failed.length > 1 ? `, and neither can the other ${failed.length - 1}` : ''} (${error}): give pictures that open in a viewer.`,
      )
    }
    for (const { input, error } of failed) onNote?.(`${input} cannot be read, so it has no prediction (${error}).`)
    return rows
  } finally {
    await model.session.release()
  }
}

async function predictPath(model: OpenModel, path: string): Promise<Prediction[]> {
  const { kind } = model.metadata
  const folder = isFolder(path)
  if (!folder && /\.npy$/i.test(path)) return predictExamples(model, arrayExamples(model, path, await content(path)))
  if (kind === 'image') return predictExamples(model, imageExamples(model, path, folder))
  if (kind === 'signal')
    throw new UserError(`${path}: this model takes signals, as an NPY array of shape [N, ${model.metadata.inputs[0]?.shape.join(', ')}].`)
  if (!folder) return predictTable(model, path)
  const tables = folderFiles(path).paths.filter((name) => tableEnding.test(name))
  if (tables.length === 0) throw new UserError(`${path} has no tables (CSV, TSV, Parquet), which this model takes.`)
  const rows: Prediction[] = []
  for (const name of tables) rows.push(...(await predictTable(model, join(path, name))))
  return rows
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw missing ? new UserError(`There is no file or folder ${path} to predict on: look at the path.`) : explained(error, path)
  }
}

const content = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: unknown) => {
    throw explained(error, path)
  })

async function* imageExamples({ metadata }: OpenModel, path: string, folder: boolean): AsyncGenerator<Example> {
  const shape = metadata.inputs[0].shape as unknown as ImageShape
  const decode = (bytes: Uint8Array | Error): Promise<Uint8Array | Error> =>
    bytes instanceof Error ? Promise.resolve(bytes) : decodeImage(bytes, shape).catch((error: unknown) => error as Error)
  if (!folder && !/\.zip$/i.test(path)) {
    if (tableEnding.test(path))
      throw new UserError(
        `${path} is a table, but this model takes pictures (it was trained on ${metadata.dataset}): give picture files or folders.`,
      )
    yield { input: path, values: await decode(await content(path)) }
    return
  }
  const files = folder ? folderFiles(path) : zipFiles(path)
  const pictures = files.paths.filter((name) => imageEnding.test(name))
  if (pictures.length === 0) throw new UserError(`${path} has no pictures (PNG, JPEG, WebP) to predict on.`)
  for (let start = 0; start < pictures.length; start += batch) {
    const names = pictures.slice(start, start + batch)
    const decoded = await Promise.all((await files.read(names)).map(decode))
    for (const [i, name] of names.entries()) yield { input: join(path, name), values: decoded[i] }
  }
}

function* arrayExamples({ metadata }: OpenModel, path: string, bytes: Uint8Array): Generator<Example> {
  const array = readArray(path, bytes)
  const wanted = metadata.kind === 'table' ? [metadata.inputs.length] : metadata.inputs[0].shape
  const layout = inputLayout(array.shape, array.data instanceof Uint8Array)
  if (layout.shape.join() !== wanted.join() || metadata.inputs.some(({ kind }) => kind === 'category' || kind === 'date')) {
    throw new UserError(
      `${path} has records of shape [${layout.shape.join(', ')}], but this model takes [${wanted.join(', ')}] (it was trained on ${metadata.dataset}).`,
    )
  }
  if (metadata.kind === 'image' && !(array.data instanceof Uint8Array))
    throw new UserError(`${path} must hold bytes (uint8) from 0 to 255, which this model takes.`)
  const data = inputBytes(array, { ...layout, kind: metadata.kind }, { offset: 0, factor: 1 })
  const values = metadata.kind === 'image' ? data : new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4)
  const length = wanted.reduce((product, size) => product * size, 1)
  for (let row = 0; row < array.shape[0]; row++)
    yield { input: `${path}:${row + 1}`, values: values.subarray(row * length, (row + 1) * length) }
}

function readArray(path: string, bytes: Uint8Array) {
  try {
    const array = parseNpy(bytes)
    if ('words' in array) throw new Error('it holds words')
    return array
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error })
  }
}

/** Runs examples in batches; those that could not be read keep their places. */
async function predictExamples(model: OpenModel, examples: AsyncIterable<Example> | Iterable<Example>): Promise<Prediction[]> {
  const rows: Prediction[] = []
  let waiting: Example[] = []
  const flush = async (): Promise<void> => {
    rows.push(...(await predictBatch(model, waiting)))
    waiting = []
  }
  for await (const example of examples) {
    waiting.push(example)
    if (waiting.length === batch) await flush()
  }
  await flush()
  return rows
}

async function predictBatch(model: OpenModel, examples: readonly Example[]): Promise<Prediction[]> {
  const good = examples.flatMap(({ input, values }) => (values instanceof Error ? [] : [{ input, values }]))
  const predicted =
    good.length > 0
      ? await run(
          model,
          feedsOf(
            model,
            good.map(({ values }) => values),
          ),
          good.map(({ input }) => input),
        )
      : []
  let next = 0
  return examples.map(({ input, values }) =>
    values instanceof Error ? { input, prediction: '', error: firstLine(values) } : predicted[next++],
  )
}

const firstLine = ({ message }: Error): string => message.split('\n')[0].trim()

function feedsOf({ metadata: { inputs, kind } }: OpenModel, records: readonly ArrayLike<number>[]): Record<string, Value> {
  if (kind === 'table')
    return Object.fromEntries(
      inputs.map((input, i) => [
        input.name,
        columnValue(
          input,
          records.map((record) => record[i]),
        ),
      ]),
    )
  const length = records[0].length
  const all = new Float32Array(records.length * length)
  for (const [i, record] of records.entries()) all.set(record, i * length)
  return { [inputs[0].name]: arrayValue(inputs[0], all) }
}

async function predictTable(model: OpenModel, path: string): Promise<Prediction[]> {
  const { inputs, dataset } = model.metadata
  if (imageEnding.test(path))
    throw new UserError(
      `${path} is a picture, but this model takes tables (it was trained on ${dataset}): give CSV files with the columns ${names(inputs)}.`,
    )
  // A header is known by a column that the model takes.
  const { table } = await readTable(path, inputs[0]?.column?.name)
  const columns = new Map(table.columns.map(({ name, cells }) => [name, cells]))
  const lacking = inputs.filter(({ column }) => column && !columns.has(column.name))
  if (lacking.length > 0) throw lacks(path, names(lacking), table)
  const rows: Prediction[] = []
  for (let start = 0; start < table.rows; start += batch * 16) {
    const end = Math.min(start + batch * 16, table.rows)
    const feeds = Object.fromEntries(
      inputs.map((input) => [input.name, columnValue(input, columns.get(input.column?.name ?? '')?.slice(start, end) ?? [])]),
    )
    rows.push(
      ...(await run(
        model,
        feeds,
        Array.from({ length: end - start }, (_, i) => `${path}:${start + i + 1}`),
      )),
    )
  }
  return rows
}

const names = (inputs: OpenModel['metadata']['inputs']): string => inputs.map(({ column, name }) => column?.name ?? name).join(', ')

const lacks = (path: string, missing: string, { columns }: RawTable): UserError =>
  new UserError(
    `${path} lacks ${missing.includes(', ') ? 'the columns' : 'the column'} ${missing}, which the model was trained with; it has ${columns.map(({ name }) => name).join(', ')}.`,
  )

async function run(
  { path, metadata, session }: OpenModel,
  feeds: Readonly<Record<string, Value>>,
  inputs: readonly string[],
): Promise<Prediction[]> {
  const outputs = await session.run(feeds).catch((error: unknown) => {
    throw damaged(path, error)
  })
  if (metadata.task === 'regression') {
    const values = outputs[outputNames.value].data as Float32Array
    return inputs.map((input, i) => ({ input, prediction: shortNumber(values[i]) }))
  }
  const { classes } = metadata
  const labels = outputs[outputNames.label].data as readonly string[]
  const probabilities = outputs[outputNames.probabilities].data as Float32Array
  return inputs.map((input, i) => ({
    input,
    prediction: labels[i],
    probabilities: Object.fromEntries(classes.map((name, k) => [name, shortNumber(probabilities[i * classes.length + k])])),
  }))
}

/** The digits that a float32 has. */
const shortNumber = (value: number): number => Number(value.toPrecision(7))
