import type { Batch } from '../data/dataset.ts'
import { type Network, networkCost, type ParameterSpec, parameterSpecs, type Weights } from '../network/index.ts'
import type { Architecture } from '../space/index.ts'
import { packing, packValues, type Packing, unpackValues } from '../tensor/optimizers/packing.ts'
import type { StepResult, TrainingProgram, TrainingState, TypedArray } from '../tensor/index.ts'
import { targetWidth } from '../train/objective.ts'
import type { TrainSettings } from '../train/index.ts'
import type { OneShotContext } from './one-shot.ts'
import { type PathForm, plainPaths } from './path-program.ts'
import { type SampledGraph, sampledGraph } from './sampled-graph.ts'
import { SampledProgram } from './sampled-program.ts'
import { SharedWeights } from './shared-weights.ts'

/** A path that has been compiled. */
interface Compiled {
  readonly text: string
  readonly program: TrainingProgram
  readonly specs: readonly ParameterSpec[]
  readonly parameters: Packing
  readonly statistics: Packing
  readonly bytes: number
  /** Name in the map of a name in the program. */
  readonly rename: (name: string) => string
}

type Feeds = Readonly<Record<string, TypedArray>>

/** How, and when, counted from 0. */
interface At {
  readonly learningRate: number
  readonly step: number
}

/** Memory that compiled paths may hold together. */
const mostBytes = 512 * 2 ** 20

/** Of a training step's memory, as a multiple of its forward activations. */
const stepMemory = 4

/** A compiled path holds about so many bytes. */
export const pathBytes = (network: Network, batchSize: number): number =>
  stepMemory * networkCost(network).activationBytes * batchSize + 2 ** 20

/** So many compiled paths of this size fit into memory. */
export const pathsInMemory = (bytes: number): number => Math.max(1, Math.floor(mostBytes / bytes))

/**
 * Trains single paths of a space on shared weights. What is not on the path costs nothing and stays as it is. Where the space allows it, all paths are one
 * graph (SampledProgram), compiled once; else each path is a compiled child of its own, whose weights (and the optimizer's vectors) are taken from one map
 * by name before its step and given back after it.
 */
export class PathTrainer {
  readonly weights: SharedWeights
  /** The optimizer's vectors, by slot. */
  readonly #slots = new Map<string, SharedWeights>()
  readonly #compiled = new Map<string, Compiled>()
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  #bytes = 0
  /** All paths as one graph, if they can be. */
  readonly #graph: SampledGraph | undefined
  #sampled: SampledProgram | undefined
  /** What holds newer values than the map: a path's program, or that of all paths. */
  #loaded: Compiled | SampledProgram | undefined
  /** Milliseconds spent on compiling so far. */
  compileMs = 0

  readonly #form: PathForm

  /** @param form how a path's step is computed, and from which weights */
  constructor(context: OneShotContext, settings: TrainSettings, form: PathForm = plainPaths) {
    this.#form = form
    this.#context = context
    this.#settings = settings
    this.weights = new SharedWeights(settings.seed)
    const { space, dataset } = context
    // An average of weights is over whole networks.
    if (settings.ema === undefined && form.sampled && !form.renamed && !form.specsOf)
      this.#graph = sampledGraph(space, { input: dataset.input, outputs: targetWidth(dataset) })
  }

  /** Whether a new path costs no more than one that was trained before. */
  get compiledOnce(): boolean {
    return this.#graph !== undefined
  }

  network(architecture: Architecture): Network {
    const { space, dataset } = this.#context
    return space.child(architecture, { input: dataset.input, outputs: targetWidth(dataset) })
  }

  /**
   * One update of the path's weights.
   *
   * @param step of the whole training, from 0
   * @param valid a batch on which the path is judged before the update; wanted by the form that judges
   */
  async step(architecture: Architecture, batch: Batch, learningRate: number, step: number, valid?: Batch): Promise<StepResult> {
    const feeds = { inputs: batch.inputs, targets: batch.targets, ...(valid ? { validInputs: valid.inputs } : {}) }
    const at = { learningRate, step }
    return (await this.#sampledStep(architecture, batch, feeds, at)) ?? (await this.#childStep(architecture, batch, feeds, at))
  }

  /** A step by the graph of all paths; undefined when the path is not among them. */
  async #sampledStep(architecture: Architecture, batch: Batch, feeds: Feeds, at: At): Promise<StepResult | undefined> {
    const graph = this.#graph
    if (!graph) return undefined
    if (!this.#sampled) {
      this.#sampled = await SampledProgram.create(this.#context, graph, this.#settings, batch, this.#form.sampled === 'judged')
      this.compileMs += this.#sampled.compileMs
    }
    const sampled = this.#sampled
    const path = sampled.path(this.#context.space.print(architecture), architecture)
    if (!path) return undefined
    if (this.#loaded !== sampled) {
      this.#giveBack()
      sampled.load(this.weights.take(sampled.specs), (slot) => this.#slot(slot).take(asZeros(sampled.specs)))
      this.#loaded = sampled
    }
    return await sampled.step(path, feeds, at)
  }

  async #childStep(architecture: Architecture, batch: Batch, feeds: Feeds, { learningRate, step }: At): Promise<StepResult> {
    const path = await this.#path(architecture, batch)
    if (this.#loaded !== path) this.#load(path, step)
    return await path.program.step(feeds, { learningRate })
  }

  /** All named tensors, with the optimizer's under the name of their slot. */
  tensors(): Weights {
    this.#giveBack()
    const all = new Map(prefixed('weights', this.weights.tensors))
    for (const [slot, vectors] of this.#slots) for (const [name, value] of prefixed(slot, vectors.tensors)) all.set(name, value)
    return all
  }

  /** A child's weights as they are now. */
  take(network: Network): Weights {
    this.#giveBack()
    return this.weights.take(parameterSpecs(network))
  }

  /** A trainer in the state in which `tensors` was taken. */
  restore(tensors: Weights): void {
    this.#loaded = undefined
    this.#slots.clear()
    if (tensors.size === 0) this.weights.replace(tensors)
    const slots = new Set([...tensors.keys()].map((name) => name.slice(0, name.indexOf(':'))))
    for (const slot of slots) {
      const part = new Map(
        [...tensors].filter(([name]) => name.startsWith(`${slot}:`)).map(([name, value]) => [name.slice(slot.length + 1), value]),
      )
      if (slot === 'weights') this.weights.replace(part)
      else this.#slots.set(slot, new SharedWeights(this.#settings.seed, part))
    }
  }

  async release(): Promise<void> {
    this.#loaded = undefined
    await Promise.all([...this.#compiled.values()].map(({ program }) => program.release()))
    await this.#sampled?.release()
    this.#sampled = undefined
    this.#compiled.clear()
    this.#bytes = 0
  }

  async #path(architecture: Architecture, batch: Batch): Promise<Compiled> {
    const text = this.#context.space.print(architecture)
    const known = this.#compiled.get(text)
    if (known) {
      // In order of last use: a Map keeps the order of insertion.
      this.#compiled.delete(text)
      this.#compiled.set(text, known)
      return known
    }
    const { specsOf = parameterSpecs, renamed = same, createStep } = this.#form
    const network = this.network(architecture)
    const specs = specsOf(network, architecture)
    const bytes = pathBytes(network, this.#settings.batchSize)
    await this.#makeRoom(bytes)
    const { cache: _, ...context } = this.#context
    const program = await createStep(context, { network, architecture }, this.#settings, batch)
    this.compileMs += program.compileMs
    const trained = specs.filter((spec) => spec.trained)
    const path: Compiled = {
      text,
      program,
      specs,
      // In the order of the training program: decayed ones first.
      parameters: packing([...trained.filter((spec) => spec.decayed), ...trained.filter((spec) => !spec.decayed)]),
      statistics: packing(specs.filter((spec) => !spec.trained)),
      bytes,
      rename: (name) => renamed(name, architecture),
    }
    this.#compiled.set(text, path)
    this.#bytes += bytes
    return path
  }

  async #makeRoom(bytes: number): Promise<void> {
    for (const [text, path] of this.#compiled) {
      if (this.#bytes + bytes <= mostBytes) return
      if (this.#loaded === path) this.#giveBack()
      this.#compiled.delete(text)
      this.#bytes -= path.bytes
      await path.program.release()
    }
  }

  #load(path: Compiled, step: number): void {
    this.#giveBack()
    path.program.load(this.weights.take(path.specs, path.rename))
    const fresh = path.program.state()
    const tensors: Record<string, Float32Array> = { ...fresh.tensors }
    for (const slot of slotsOf(fresh)) tensors[slot] = packValues(path.parameters, this.#slot(slot).take(zeroed(path.specs), path.rename))
    path.program.restore({ step, tensors })
    this.#loaded = path
  }

  #giveBack(): void {
    const path = this.#loaded
    if (!path) return
    this.#loaded = undefined
    if (path instanceof SampledProgram) {
      this.weights.put(path.weights())
      for (const [slot, values] of path.slots()) this.#slot(slot).put(values)
      return
    }
    const { tensors } = path.program.state()
    this.weights.put(unpackValues(path.parameters, tensors.parameters), path.rename)
    if (tensors.statistics) this.weights.put(unpackValues(path.statistics, tensors.statistics), path.rename)
    for (const slot of slotsOf({ tensors })) this.#slot(slot).put(unpackValues(path.parameters, tensors[slot]), path.rename)
  }

  #slot(name: string): SharedWeights {
    const known = this.#slots.get(name)
    if (known) return known
    const made = new SharedWeights(this.#settings.seed)
    this.#slots.set(name, made)
    return made
  }
}

const same = (name: string): string => name

const slotsOf = ({ tensors }: Pick<TrainingState, 'tensors'>): readonly string[] =>
  Object.keys(tensors).filter((name) => name !== 'parameters' && !name.startsWith('statistics'))

/** The optimizer's vectors begin as zeros, whatever they belong to. */
const zeroed = (specs: readonly ParameterSpec[]): readonly ParameterSpec[] => asZeros(specs.filter((spec) => spec.trained))

const asZeros = (specs: readonly ParameterSpec[]): readonly ParameterSpec[] => specs.map((spec) => ({ ...spec, init: 'zeros' }))

const prefixed = (prefix: string, weights: Weights): [string, { readonly shape: readonly number[]; readonly data: Float32Array }][] =>
  [...weights].map(([name, value]) => [`${prefix}:${name}`, value])
