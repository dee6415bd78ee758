import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ColumnEncoding, Dataset, Normalization, Records } from '../data/dataset.ts'
import { UserError } from '../errors.ts'
import { type InputSpec, type Network, parameterSpecs, readWeights, type Task, type Weights, writeWeights } from '../network/index.ts'
import { sizeOf } from '../tensor/index.ts'
import type { EpochRecord } from '../train/types.ts'
import { explained, writeFileAtomic } from './files.ts'

export type Metrics = Readonly<Record<string, number>>

/** What a model must know of its data: everything of a data set but the records. */
export interface DataSummary {
  readonly name: string
  readonly kind: Dataset['kind']
  readonly task: Task
  readonly input: InputSpec
  /** Type of the raw records. */
  readonly dtype: Records['dtype']
  /** Empty for regression. */
  readonly classes: readonly string[]
  readonly targetScale?: { readonly mean: number; readonly deviation: number }
  readonly columns?: readonly ColumnEncoding[]
  readonly target?: string
  readonly normalization: Normalization
  /** Number of records in each part. */
  readonly counts: { readonly train: number; readonly valid: number; readonly test: number }
  readonly notes: readonly string[]
}

/** A test example that the model got wrong, or most wrong. */
export interface Mistake {
  /** Its place in the test part. */
  readonly index: number
  readonly truth: string
  readonly predicted: string
  /** Probability of what was predicted; absent for regression. */
  readonly confidence?: number
  /** The raw input, as the records have it. */
  readonly input: readonly number[]
}

/** What came of the one look at the test part. */
export interface TestResult {
  readonly count: number
  readonly metrics: Metrics
  /** `confusion[truth][predicted]` counts; classification only. */
  readonly confusion?: readonly (readonly number[])[]
  /** Pairs of true and predicted values, a sample of at most some hundreds; regression only. */
  readonly points?: readonly (readonly [truth: number, predicted: number])[]
  /** The most confident mistakes first. */
  readonly mistakes: readonly Mistake[]
}

/** Some raw records, so that an export can be checked on real examples later. */
export interface Examples {
  readonly count: number
  /** One record after another. */
  readonly inputs: Float32Array
}

/** A trained network with all that is needed to export, use and report it later, without the data. */
export interface TrainedModel {
  /** Nascent's version that trained it. */
  readonly version: string
  /** The readable string of the architecture. */
  readonly architecture: string
  /** Name of the search space that it belongs to. */
  readonly space?: string
  readonly network: Network
  /** Parameters and batch-norm statistics by name. */
  readonly weights: Weights
  readonly data: DataSummary
  /** On the validation part, and the cost: accuracy, loss, …, parameters, flops, latencyMs. */
  readonly metrics: Metrics
  /** The learning curve of these weights. */
  readonly curve: readonly EpochRecord[]
  readonly test?: TestResult
  readonly examples: Examples
}

/** What a model keeps of its data set. */
export function summarizeData(dataset: Dataset): DataSummary {
  const { name, kind, task, input, classes, targetScale, columns, target, normalization, train, valid, test, notes } = dataset
  const counts = { train: train.count, valid: valid.count, test: test.count }
  return { name, kind, task, input, dtype: train.dtype, classes, targetScale, columns, target, normalization, counts, notes }
}

/** `count` records spread evenly over a part (all when there are fewer). */
export function takeExamples(records: Records, input: InputSpec, count = 16): Examples {
  const taken = Math.min(count, records.count)
  const indices = Array.from({ length: taken }, (_, i) => Math.floor((i * records.count) / taken))
  return { count: taken, inputs: readRecords(records, input, indices) }
}

/** Raw records as float32, whatever type they have. */
export function readRecords(records: Records, input: InputSpec, indices: readonly number[]): Float32Array {
  const size = indices.length * sizeOf(input.shape)
  if (records.dtype === 'float32') {
    const values = new Float32Array(size)
    records.readInputs(indices, values)
    return values
  }
  const bytes = new Uint8Array(size)
  records.readInputs(indices, bytes)
  return Float32Array.from(bytes)
}

const files = { weights: 'model.safetensors', description: 'model.json' } as const
const examplesName = '$examples'

/**
 * Keeps a model in a folder: `model.safetensors` (weights and examples) and `model.json` (the rest). The description is written last, so a folder
 * that has one is whole.
 * @returns the paths written
 * @throws UserError when they cannot be written
 */
export async function saveModel(model: TrainedModel, folder: string): Promise<readonly string[]> {
  const { weights, examples, ...description } = model
  const shape = [examples.count, ...model.data.input.shape]
  const tensors = examples.count > 0 ? new Map([...weights, [examplesName, { shape, data: examples.inputs }]]) : weights
  const paths = [join(folder, files.weights), join(folder, files.description)] as const
  await writeFileAtomic(paths[0], writeWeights(tensors))
  await writeFileAtomic(paths[1], JSON.stringify({ format: 1, ...description }, writeNumbers))
  return paths
}

/**
 * Reads what `saveModel` wrote.
 * @throws UserError when there is none, or it is damaged
 */
export async function loadModel(folder: string): Promise<TrainedModel> {
  const paths = [join(folder, files.weights), join(folder, files.description)] as const
  const [bytes, text] = await Promise.all([readFile(paths[0]), readFile(paths[1], 'utf8')]).catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw missing
      ? new UserError(`There is no trained model in ${folder} yet: let the run finish ("nascent resume"), then try again.`)
      : explained(error, folder)
  })
  const tensors = readWeights(bytes, paths[0]).weights
  const description = parseDescription(text, paths[1])
  const examples = tensors.get(examplesName)
  const weights = new Map([...tensors].filter(([name]) => name !== examplesName))
  for (const spec of parameterSpecs(description.network)) {
    if (weights.get(spec.name)?.shape.join() !== spec.shape.join()) {
      throw new UserError(
        `${paths[0]} lacks ${spec.name} of the network in ${paths[1]}: the files are not of one model; train again, or put back a copy of both.`,
      )
    }
  }
  return { ...description, weights, examples: { count: examples?.shape[0] ?? 0, inputs: examples?.data ?? new Float32Array() } }
}

/** JSON has no NaN and infinities: they are written as texts. */
const writeNumbers = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : value

const readNumbers = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$number' in value ? Number(value.$number) : value

/** Only what a damaged file would make crash later is looked at; the rest is written by this program. */
const descriptionSchema = z.looseObject({
  format: z.literal(1),
  version: z.string(),
  architecture: z.string(),
  network: z.looseObject({
    nodes: z.array(z.looseObject({ path: z.string(), inputs: z.array(z.string()) })),
    output: z.string(),
    outputs: z.number(),
  }),
  data: z.looseObject({
    name: z.string(),
    kind: z.string(),
    task: z.string(),
    classes: z.array(z.string()),
    input: z.looseObject({ shape: z.array(z.number()) }),
  }),
  metrics: z.record(
    z.string(),
    z.custom<number>((value) => typeof value === 'number'),
  ),
  curve: z.array(z.looseObject({ epoch: z.number() })),
})

function parseDescription(text: string, path: string): Omit<TrainedModel, 'weights' | 'examples'> {
  try {
    const { format: _, ...rest } = descriptionSchema.parse(JSON.parse(text, readNumbers))
    return rest as unknown as Omit<TrainedModel, 'weights' | 'examples'>
  } catch (error) {
    throw new UserError(`${path} is damaged or not of this version of Nascent: put back a copy of it, or train again.`, { cause: error })
  }
}
