import type { Batch, BatchSource } from '../data/dataset.ts'
import { initialValues, type ParameterSpec } from '../network/index.ts'
import { supernetOf, type Supernet } from '../space/supernet.ts'
import type { Decision } from '../space/types.ts'
import {
  concat,
  createInferenceProgram,
  createTrainingProgram,
  gradients,
  type InferenceProgram,
  input,
  mul,
  type NoiseKey,
  reshape,
  sliceAxis,
  sub,
  type Tensor,
  type TrainingProgram,
} from '../tensor/index.ts'
import { normalizeInput } from '../train/normalize.ts'
import { targetWidth, trainingLoss } from '../train/objective.ts'
import { optimizerOf } from '../train/optimizer.ts'
import type { TrainSettings } from '../train/index.ts'
import { type AlphaLayout, alphaLayout } from './alphas.ts'
import { buildSupernet, type Gates, supernetParameters } from './build-supernet.ts'
import type { OneShotContext } from './one-shot.ts'

/** What gates may depend on besides the alphas. */
export interface GatePlace {
  /** A number that no other decision has. */
  readonly place: number
  readonly noise: NoiseKey
  readonly temperature: Tensor
}

/** What a method makes of the alphas: the weights with which the alternatives of a choice are mixed. */
export interface Relaxation {
  /** Weights of a decision's values. @param alphas of the decision */
  weights(alphas: Tensor, decision: Decision, at: GatePlace): Tensor
  /** Weights of the sources of an inputs decision; absent: each counts fully. */
  sources?(alphas: Tensor, decision: Decision, at: GatePlace): Tensor
  /** Parts of the channels of which the alternatives see one; default 1. */
  readonly partial?: number
}

/** Where noise and temperature come from in a graph of ours. */
const fed = {
  alphas: 'alphas',
  seed: 'gateSeed',
  step: 'gateStep',
  temperature: 'temperature',
} as const

/** What a step is fed with besides its batch. */
export interface GateFeeds {
  readonly alphas: Float32Array
  readonly seed: number
  readonly step: number
  readonly temperature: number
}

const gateValues = ({ alphas, seed, step, temperature }: GateFeeds): Record<string, Float32Array | Uint32Array> => ({
  [fed.alphas]: alphas,
  [fed.seed]: Uint32Array.of(seed),
  [fed.step]: Uint32Array.of(step),
  [fed.temperature]: Float32Array.of(temperature),
})

/** A relaxed supernet of a space, with what is needed to make its graphs. */
export class RelaxedSupernet {
  readonly supernet: Supernet
  readonly layout: AlphaLayout
  readonly specs: readonly ParameterSpec[]
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #relaxation: Relaxation

  constructor(context: OneShotContext, settings: TrainSettings, relaxation: Relaxation) {
    const { space, dataset } = context
    this.supernet = supernetOf(space.definition, { input: dataset.input, outputs: targetWidth(dataset) }, { partial: relaxation.partial })
    this.layout = alphaLayout(this.supernet)
    this.specs = supernetParameters(this.supernet)
    this.#context = context
    this.#settings = settings
    this.#relaxation = relaxation
  }

  get trained(): readonly ParameterSpec[] {
    return this.specs.filter((spec) => spec.trained)
  }

  initialWeights(): Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
    return new Map(this.specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, this.#settings.seed) }]))
  }

  /** Trains the weights: fed with a batch and `GateFeeds`. */
  weightProgram(first: Batch): Promise<TrainingProgram> {
    const { dataset: _, space: __, openBatches: ___, objectives: ____, ...session } = this.#context
    const alphas = this.#alphas()
    const batch = this.#batch(first, '')
    const gates = this.#gateInputs()
    return createTrainingProgram({
      ...session,
      inputs: [batch.inputs, batch.targets, alphas, gates.noise.seed, gates.noise.step, gates.temperature],
      parameters: this.trained,
      statistics: this.specs.filter((spec) => !spec.trained),
      optimizer: optimizerOf(this.#settings),
      clipNorm: this.#settings.clipNorm,
      forward: (get, noise) => this.#loss(batch, get, alphas, gates, noise),
    })
  }

  /** Gradients of the loss on a batch: `alphas` [alphas], and `weights` (flat, in the order of `trained`) if asked for. */
  gradientProgram(first: Batch, withWeights = false): Promise<InferenceProgram> {
    const alphas = this.#alphas()
    const batch = this.#batch(first, '')
    return this.#program((get) => {
      const { loss } = this.#loss(batch, get, alphas, this.#gateInputs())
      const weights = withWeights ? this.trained.map(({ name }) => get(name)) : []
      const [slope, ...slopes] = gradients(loss, [alphas, ...weights])
      return { loss, alphaGradient: slope, ...(withWeights ? { weightGradient: flat(slopes) } : {}) }
    })
  }

  /**
   * Gradient, with respect to the alphas, of the validation loss after one step of the weights on the training loss, whose gradient is differentiated
   * again: exact, without finite differences. Fed with `inputs`, `targets` (training), `validInputs`, `validTargets`, and `rate` [].
   */
  unrolledProgram(train: Batch, valid: Batch): Promise<InferenceProgram> {
    const alphas = this.#alphas()
    const [first, second] = [this.#batch(train, ''), this.#batch(valid, 'valid')]
    const rate = input('rate', [])
    return this.#program((get) => {
      const trained = this.trained.map(({ name }) => get(name))
      const slopes = gradients(this.#loss(first, get, alphas, this.#gateInputs()).loss, trained)
      const moved = new Map(this.trained.map(({ name }, i) => [name, sub(trained[i], mul(slopes[i], rate))]))
      const { loss } = this.#loss(second, (name) => moved.get(name) ?? get(name), alphas, this.#gateInputs())
      return { loss, alphaGradient: gradients(loss, [alphas])[0] }
    })
  }

  #program(forward: (get: (name: string) => Tensor) => Readonly<Record<string, Tensor>>): Promise<InferenceProgram> {
    const { dataset: _, space: __, openBatches: ___, objectives: ____, ...session } = this.#context
    return createInferenceProgram({ ...session, weights: this.specs, forward })
  }

  #alphas(): Tensor {
    return input(fed.alphas, [this.layout.size])
  }

  #gateInputs(): { readonly noise: NoiseKey; readonly temperature: Tensor } {
    return { noise: { seed: input(fed.seed, [], 'uint32'), step: input(fed.step, [], 'uint32') }, temperature: input(fed.temperature, []) }
  }

  #batch(batch: Batch, prefix: string): { readonly inputs: Tensor; readonly targets: Tensor } {
    const { dataset } = this.#context
    const size = batch.targets.length / targetWidth(dataset)
    const name = (word: string): string => (prefix === '' ? word : `${prefix}${word[0].toUpperCase()}${word.slice(1)}`)
    return {
      inputs: input(name('inputs'), [size, ...dataset.input.shape], batch.inputs instanceof Uint8Array ? 'uint8' : 'float32'),
      targets: input(name('targets'), [size, targetWidth(dataset)]),
    }
  }

  #loss(
    { inputs, targets }: { readonly inputs: Tensor; readonly targets: Tensor },
    get: (name: string) => Tensor,
    alphas: Tensor,
    { noise, temperature }: { readonly noise: NoiseKey; readonly temperature: Tensor },
    dropout?: NoiseKey,
  ): { readonly loss: Tensor; readonly statistics: Map<string, Tensor> } {
    const { dataset } = this.#context
    const weights = new Map(
      this.layout.entries.map(({ decision, offset, count }, place) => {
        const own = sliceAxis(alphas, 0, offset, offset + count)
        const at = { place, noise, temperature }
        if (decision.kind === 'inputs') return [decision.path, this.#relaxation.sources?.(own, decision, at)] as const
        return [decision.path, this.#relaxation.weights(own, decision, at)] as const
      }),
    )
    const gates: Gates = { weights: ({ path }) => weights.get(path) }
    const normal = normalizeInput(inputs, dataset.normalization, dataset.input)
    const { output, statistics } = buildSupernet(this.supernet, normal, get, gates, dropout)
    return { loss: trainingLoss(dataset, this.#settings, output, targets), statistics }
  }
}

const flat = (tensors: readonly Tensor[]): Tensor =>
  concat(
    tensors.map((tensor) => reshape(tensor, [-1])),
    0,
  )

/** Feeds of a batch and the gates. */
export const feedsOf = (batch: Batch, gates: GateFeeds): Record<string, Float32Array | Uint32Array | Uint8Array> => ({
  inputs: batch.inputs,
  targets: batch.targets,
  ...gateValues(gates),
})

/** Batches of the validation part, round after round, for steps of the alphas. */
export function validBatches({ dataset, openBatches, seed }: OneShotContext, batchSize: number): BatchSource {
  return openBatches({ ...dataset, train: dataset.valid }, { batchSize, seed: seed + 1 })
}
