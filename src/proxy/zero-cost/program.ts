import type { Batch } from '../../data/dataset.ts'
import { type Cost, initialValues, type InputSpec, type Weights } from '../../network/index.ts'
import { namedStream } from '../../network/random.ts'
import {
  compile,
  compileOptions,
  concat,
  type Device,
  gatedConcat,
  holds,
  input,
  type Program,
  type Runtime,
  type Selection,
  type SessionCache,
  sizeOf,
  type Tensor,
  type TypedArray,
  type Value,
} from '../../tensor/index.ts'
import { packing, packValues, unpacked } from '../../tensor/optimizers/packing.ts'
import { type TaskData, targetWidth } from '../../train/objective.ts'
import type { Model } from './model.ts'
import { Passes } from './passes.ts'
import type { Part, Parts, Seen, ZeroCostScore } from './score.ts'
import { zenChange } from './zen.ts'

/** What scores are computed with and on. */
export interface ScoringOptions {
  readonly runtime: Runtime
  readonly data: TaskData
  /** Real inputs with their targets: all networks are judged on the same ones. */
  readonly batch: Batch
  readonly scores: readonly ZeroCostScore[]
  /** Of first weights and random inputs. */
  readonly seed: number
  /** Weights to judge where they are not fresh ones. */
  readonly weights?: Weights
  readonly threads?: number
  readonly device?: Device
  /** Whether other processes compute beside this one. */
  readonly shared?: boolean
  readonly cache?: SessionCache
}

/** Scores by name. */
export type Scores = Readonly<Record<string, number>>

/** The scores of a model as one compiled graph. */
export interface ScoreProgram {
  /** @param selection which network, where the model is a whole space */
  score(cost: () => Cost, selection?: Selection): Promise<Scores>
  release(): Promise<void>
}

/**
 * Factor by which the values of absolute weights are made smaller where they grow beyond float32, and how often that is tried. A power of two changes no
 * digit.
 */
const smaller = { factor: 2 ** -40, times: 3 } as const

/** Compiles everything that the scores need of a model into one graph. */
export async function createScoreProgram(model: Model, options: ScoringOptions): Promise<ScoreProgram> {
  const { data, scores, seed, runtime, threads, device, shared, cache } = options
  const batch = options.batch.targets.length / targetWidth(data)
  const packed = packing(model.specs)
  const vector = input('$weights', [Math.max(1, packed.size)])
  const dtype = options.batch.inputs instanceof Uint8Array ? 'uint8' : 'float32'
  const passes = new Passes(model, data, unpacked(packed, vector), batch, dtype)
  const wanted = Object.entries(
    Object.assign({}, ...scores.map((score) => score.outputs?.(passes) ?? {})) as Readonly<Record<string, readonly Part[]>>,
  )
  const outputs = wanted.filter(([, parts]) => parts.length > 0)
  const graph = Object.fromEntries(outputs.map(([name, parts]) => [name, joined(parts)]))
  const program =
    outputs.length > 0 ? await compile(runtime, graph, compileOptions({ runtime, threads, device, shared, cache })) : undefined
  const weights: Weights =
    options.weights ?? new Map(model.specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, seed) }]))
  const feeds: Readonly<Record<string, Value | TypedArray>> = {
    inputs: options.batch.inputs,
    targets: options.batch.targets,
    ...randomInputs(model.input, batch, seed),
    $weights: packed.size > 0 ? packValues(packed, weights) : new Float32Array(1),
  }

  async function run(selection: Selection | undefined): Promise<{ readonly results: ReadonlyMap<string, Parts>; readonly scale: number }> {
    let scale = 1
    for (let time = 0; ; time++) {
      const values = (await program?.run({ ...feeds, scale: Float32Array.of(scale) }, selection)) ?? {}
      const results = new Map(
        outputs.map(([name, parts]) => [name, partsOf(values[name].data as Float32Array, inOrder(name, parts), selection)]),
      )
      if (time === smaller.times || [...(results.get('flow')?.values() ?? [])].every(finite)) return { results, scale }
      scale *= smaller.factor
    }
  }

  const inOrder = (name: string, parts: readonly Part[]): readonly Part[] =>
    (program as Program).orders[name]?.map((i) => parts[i]) ?? parts

  return {
    async score(cost, selection) {
      const { results, scale } = await run(selection)
      const seen: Seen = { parts: (output) => results.get(output) ?? new Map<string, Float32Array>(), batch, scale, cost }
      return Object.fromEntries(scores.map(({ name, value }) => [name, value(seen)]))
    },
    release: async () => program?.release(),
  }
}

/** The parts of an output one after another; of a whole space those that are on. */
function joined(parts: readonly Part[]): Tensor {
  const vectors = parts.map(({ vector }) => vector)
  if (parts.every(({ on }) => on === '')) return vectors.length === 1 ? vectors[0] : concat(vectors, 0)
  return gatedConcat(
    vectors,
    parts.map(({ on }) => on),
  )
}

/** An output's parts by name. */
function partsOf(values: Float32Array, parts: readonly Part[], selection: Selection | undefined): Parts {
  const found = new Map<string, Float32Array>()
  let at = 0
  for (const { name, vector, on } of parts) {
    if (on !== '' && !holds(on, selection ?? new Map<string, number>())) continue
    const size = sizeOf(vector.shape)
    found.set(name, values.subarray(at, at + size))
    at += size
  }
  return found
}

const finite = (vector: Float32Array): boolean => vector.every((value) => Number.isFinite(value))

/** Inputs of normal numbers, and the same changed a little; codes stay those of what is missing. */
function randomInputs(
  { shape, categories = [] }: InputSpec,
  batch: number,
  seed: number,
): Readonly<Record<'noise' | 'moved', Float32Array>> {
  const random = namedStream('zen', seed)
  const size = sizeOf(shape)
  const numbers = size - categories.length
  const noise = new Float32Array(batch * size)
  const moved = new Float32Array(batch * size)
  for (let i = 0; i < noise.length; i++) {
    if (i % size >= numbers) continue
    noise[i] = random.normal()
    moved[i] = noise[i] + zenChange * random.normal()
  }
  return { noise, moved }
}
