import type { Batch } from '../data/dataset.ts'
import type { ParameterSpec, Weights } from '../network/index.ts'
import type { Architecture } from '../space/index.ts'
import {
  compile,
  compileOptions,
  createUpdateProgram,
  gatedConcat,
  gradients,
  holds,
  input,
  type Program,
  reshape,
  type Selection,
  sizeOf,
  type Tensor,
  type TypedArray,
  type UpdateProgram,
  type Value,
} from '../tensor/index.ts'
import { type Packing, packing, packValues, unpacked, unpackValues } from '../tensor/optimizers/packing.ts'
import { normalizeInput } from '../train/normalize.ts'
import { targetWidth, trainingLoss } from '../train/objective.ts'
import { optimizerOf } from '../train/optimizer.ts'
import type { TrainSettings } from '../train/index.ts'
import { buildSupernet, supernetParameters } from './build-supernet.ts'
import type { OneShotContext } from './one-shot.ts'
import type { SampledGraph } from './sampled-graph.ts'

/** A path through the compiled supernet. */
export interface SampledPath {
  readonly selection: Selection
  /** Parts of the weights in the order in which their gradients come. */
  readonly parameters: readonly Part[]
  readonly statistics: readonly Part[]
  /** 1 for parameters that weight decay applies to, else 0, in that order. */
  readonly decayed: Float32Array
}

interface Part {
  readonly offset: number
  readonly size: number
}

/**
 * The training step of every path of a supernet as one graph, compiled once. It takes all weights, computes the path that is chosen and nothing else, and
 * gives the gradients of what is on it; a second small graph updates those.
 */
export class SampledProgram {
  readonly specs: readonly ParameterSpec[]
  /** Milliseconds that making the sessions took. */
  readonly compileMs: number
  readonly #graph: SampledGraph
  readonly #program: Program
  readonly #update: UpdateProgram
  readonly #packing: Packing
  readonly #seed: number
  readonly #paths = new Map<string, SampledPath | undefined>()
  readonly #slotNames: readonly string[]
  /** All weights and statistics, and the optimizer's vectors of the same size. */
  #weights: Float32Array
  #slots: Readonly<Record<string, Float32Array>> = {}

  private constructor(graph: SampledGraph, specs: readonly ParameterSpec[], made: Made, settings: TrainSettings) {
    this.#graph = graph
    this.specs = specs
    this.#program = made.program
    this.#update = made.update
    this.compileMs = made.compileMs
    this.#packing = packing(specs)
    this.#weights = new Float32Array(this.#packing.size)
    this.#seed = settings.seed
    this.#slotNames = optimizerOf(settings).slots
  }

  /** @param judging whether each step also gives what the path, before the update, makes of a second batch: `validInputs`, output `valid` */
  static async create(
    context: OneShotContext,
    graph: SampledGraph,
    settings: TrainSettings,
    first: Batch,
    judging: boolean,
  ): Promise<SampledProgram> {
    const began = performance.now()
    const specs = supernetParameters(graph.supernet)
    const { runtime, threads, device, shared } = context
    const options = { runtime, threads, device, shared }
    const program = await compile(runtime, stepGraph(context, graph, specs, settings, first, judging), compileOptions(options))
    const rule = { optimizer: optimizerOf(settings), clipNorm: settings.clipNorm }
    const update = await createUpdateProgram(runtime, rule, { threads, device, shared })
    return new SampledProgram(graph, specs, { program, update, compileMs: performance.now() - began }, settings)
  }

  /** The path of an architecture; undefined when it is none of this supernet's. @param text by which the architecture is known */
  path(text: string, architecture: Architecture): SampledPath | undefined {
    if (this.#paths.has(text)) return this.#paths.get(text)
    // Only the last ones: to find a path costs little.
    if (this.#paths.size >= 64) this.#paths.clear()
    const selection = this.#graph.select(architecture)
    const path = selection && this.#pathOf(selection)
    this.#paths.set(text, path)
    return path
  }

  /** One update of the path's weights. @param step updates that were made before */
  async step(
    path: SampledPath,
    feeds: Readonly<Record<string, TypedArray>>,
    { learningRate, step }: { readonly learningRate: number; readonly step: number },
  ): Promise<{ readonly loss: number; readonly outputs: Readonly<Record<string, Value>> }> {
    const weights = this.#weights
    const own = { [names.weights]: weights, [names.seed]: Uint32Array.of(this.#seed), [names.step]: Uint32Array.of(step) }
    const results = await this.#program.run({ ...feeds, ...own }, path.selection)
    const { parameters, slots } = await this.#update.run(
      {
        parameters: gathered(weights, path.parameters),
        gradient: results[names.gradient].data as Float32Array,
        decayed: path.decayed,
        slots: Object.fromEntries(this.#slotNames.map((slot) => [slot, gathered(this.#slots[slot], path.parameters)])),
      },
      learningRate,
      step + 1,
    )
    scatter(weights, path.parameters, parameters)
    for (const slot of this.#slotNames) scatter(this.#slots[slot], path.parameters, slots[slot])
    if (path.statistics.length > 0) scatter(weights, path.statistics, results[names.statistics].data as Float32Array)
    return { loss: Number(results[names.loss].data[0]), outputs: results }
  }

  /** Begins from these values of all specs; `slots` gives the optimizer's vectors. */
  load(weights: Weights, slots: (name: string) => Weights): void {
    this.#weights = packValues(this.#packing, weights)
    this.#slots = Object.fromEntries(this.#slotNames.map((slot) => [slot, packValues(this.#packing, slots(slot))]))
  }

  weights(): Weights {
    return unpackValues(this.#packing, this.#weights)
  }

  /** The optimizer's vectors by slot. */
  slots(): ReadonlyMap<string, Weights> {
    return new Map(this.#slotNames.map((slot) => [slot, unpackValues(this.#packing, this.#slots[slot])]))
  }

  async release(): Promise<void> {
    await Promise.all([this.#program.release(), this.#update.release()])
  }

  #pathOf(selection: Selection): SampledPath {
    const [trained, kept] = [this.specs.filter((spec) => spec.trained), this.specs.filter((spec) => !spec.trained)]
    const entries = new Map(this.#packing.entries.map((entry) => [entry.name, entry]))
    const on = (specs: readonly ParameterSpec[], output: string): readonly ParameterSpec[] =>
      (this.#program.orders[output] ?? []).map((i) => specs[i]).filter(({ name }) => holds(this.#graph.condition(layerOf(name)), selection))
    const parameters = on(trained, names.gradient)
    const partOf = ({ name, shape }: ParameterSpec): Part => ({ offset: entries.get(name)?.offset ?? 0, size: sizeOf(shape) })
    const parts = parameters.map(partOf)
    const decayed = new Float32Array(parts.reduce((sum, { size }) => sum + size, 0))
    let at = 0
    for (const [i, { size }] of parts.entries()) {
      decayed.fill(parameters[i].decayed ? 1 : 0, at, at + size)
      at += size
    }
    return { selection, parameters: parts, statistics: on(kept, names.statistics).map(partOf), decayed }
  }
}

interface Made {
  readonly program: Program
  readonly update: UpdateProgram
  readonly compileMs: number
}

const names = {
  weights: '$weights',
  seed: '$seed',
  step: '$step',
  loss: '$loss',
  gradient: '$gradient',
  statistics: '$statistics',
} as const

/** A parameter's name is its layer's path and a word. */
const layerOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('/'))

function stepGraph(
  { dataset }: OneShotContext,
  { supernet, condition, mix, read, sum }: SampledGraph,
  specs: readonly ParameterSpec[],
  settings: TrainSettings,
  first: Batch,
  judging: boolean,
): Readonly<Record<string, Tensor>> {
  const width = targetWidth(dataset)
  const size = first.targets.length / width
  const raw = (name: string) => input(name, [size, ...dataset.input.shape], first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
  const normal = (values: Tensor) => normalizeInput(values, dataset.normalization, dataset.input)
  const packed = packing(specs)
  const values = unpacked(packed, input(names.weights, [packed.size]))
  const get = (name: string): Tensor => values.get(name) as Tensor
  const gates = { weights: () => undefined, mix, read, sum }
  const noise = { seed: input(names.seed, [], 'uint32'), step: input(names.step, [], 'uint32') }
  const { output, statistics } = buildSupernet(supernet, normal(raw('inputs')), get, gates, noise)
  const loss = trainingLoss(dataset, settings, output, input('targets', [size, width]))
  const on = ({ name }: ParameterSpec) => condition(layerOf(name))
  const trained = specs.filter((spec) => spec.trained)
  const kept = specs.filter((spec) => !spec.trained)
  const joined = (tensors: readonly Tensor[], of: readonly ParameterSpec[]): Tensor =>
    gatedConcat(
      tensors.map((tensor) => reshape(tensor, [-1])),
      of.map(on),
    )
  const slopes = gradients(
    loss,
    trained.map(({ name }) => get(name)),
  )
  return {
    [names.loss]: loss,
    [names.gradient]: joined(slopes, trained),
    ...(kept.length > 0
      ? {
          [names.statistics]: joined(
            kept.map(({ name }) => statistics.get(name) ?? get(name)),
            kept,
          ),
        }
      : {}),
    ...(judging ? { valid: buildSupernet(supernet, normal(raw('validInputs')), get, gates).output } : {}),
  }
}

function gathered(from: Float32Array, parts: readonly Part[]): Float32Array {
  const vector = new Float32Array(parts.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  for (const { offset, size } of parts) {
    vector.set(from.subarray(offset, offset + size), at)
    at += size
  }
  return vector
}

function scatter(into: Float32Array, parts: readonly Part[], vector: Float32Array): void {
  let at = 0
  for (const { offset, size } of parts) {
    into.set(vector.subarray(at, at + size), offset)
    at += size
  }
}
