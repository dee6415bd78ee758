import type { ParameterSpec } from '../../network/index.ts'
import { always, type Condition, gatedSum, gradients, input, mul, ones, reduceSum, reshape, type Tensor } from '../../tensor/index.ts'
import { normalizeInput } from '../../train/normalize.ts'
import { type TaskData, targetWidth, trainingLoss } from '../../train/objective.ts'
import type { Model, ModelLayer, Pass } from './model.ts'
import type { Part } from './score.ts'

/** The layers whose value and its gradient tell what a channel is worth. */
const weighing: ReadonlySet<string> = new Set(['convolution', 'dense'])

/** A value as a vector. */
export const flat = (tensor: Tensor): Tensor => reshape(tensor, [-1])

/** The graph's passes, each made when a score first asks for it, so that scores of one graph share forward and backward pass. */
export class Passes {
  readonly model: Model
  readonly batch: number
  /** Real inputs, normalised. */
  readonly inputs: Tensor
  readonly #data: TaskData
  readonly #values: ReadonlyMap<string, Tensor>
  #real: Pass | undefined
  #slopes: ReadonlyMap<Tensor, Tensor> | undefined

  /**
   * @param values a tensor for each parameter and statistic
   * @param dtype of the inputs as they are fed
   */
  constructor(model: Model, data: TaskData, values: ReadonlyMap<string, Tensor>, batch: number, dtype: 'uint8' | 'float32') {
    this.model = model
    const layers = new Set(model.layers.map(({ path }) => path))
    this.weights = model.specs.filter(({ name, trained, decayed }) => trained && decayed && layers.has(layerOf(name)))
    this.batch = batch
    this.#data = data
    this.#values = values
    this.inputs = normalizeInput(input('inputs', [batch, ...model.input.shape], dtype), data.normalization, model.input)
  }

  /** A parameter or statistic. */
  readonly get = (name: string): Tensor => this.#values.get(name) as Tensor

  /** The parameters that networks learn with, without biases and the scales and shifts of normalising layers. */
  readonly weights: readonly ParameterSpec[]

  /** Layers whose channels are worth judging: convolutions and dense layers. */
  get weighing(): readonly ModelLayer[] {
    return this.model.layers.filter(({ layer }) => weighing.has(layer.kind))
  }

  /** Forward pass of the real inputs. */
  get real(): Pass {
    this.#real ??= this.model.pass(this.inputs, this.get, true)
    return this.#real
  }

  /** Gradient of the loss of the batch with respect to a weight, or to the value of a weighing layer. */
  slope(of: Tensor): Tensor {
    this.#slopes ??= this.#backward()
    return this.#slopes.get(of) as Tensor
  }

  /** A number for each weight: added up in the graph, for all gradients together are as large as the network. */
  numbers(of: (weight: Tensor, name: string) => Tensor): readonly Part[] {
    return this.weights.map(({ name }) => ({ name, vector: one(of(this.get(name), name)), on: this.model.on(layerOf(name)) }))
  }

  /**
   * A network of other weights without normalising layers, for an input of ones: each weight, and the gradient of the output's sum with respect to it.
   *
   * The input and the output are multiplied by a factor that is fed, for the values of deep networks would not fit into float32.
   */
  flow(change: (weight: Tensor) => Tensor): ReadonlyMap<string, { readonly weight: Tensor; readonly slope: Tensor }> {
    const scale = input('scale', [])
    const changed = new Map(this.model.specs.map(({ name }) => [name, change(this.get(name))]))
    const signal = mul(ones([1, ...this.model.input.shape]), scale)
    const { output } = this.model.pass(signal, (name) => changed.get(name) as Tensor, false)
    const wrt = this.weights.map(({ name }) => changed.get(name) as Tensor)
    const slopes = gradients(mul(reduceSum(output), scale), wrt)
    return new Map(this.weights.map(({ name }, i) => [name, { weight: wrt[i], slope: slopes[i] }]))
  }

  #backward(): ReadonlyMap<Tensor, Tensor> {
    const targets = input('targets', [this.batch, targetWidth(this.#data)])
    const loss = trainingLoss(this.#data, { labelSmoothing: 0 }, this.real.output, targets)
    const values = this.weighing.flatMap(({ path }) => this.real.values.get(path) ?? [])
    const wrt = [...this.weights.map(({ name }) => this.get(name)), ...values]
    // One pass back for all: what no score asks for is never compiled.
    const slopes = gradients(loss, wrt)
    return new Map(wrt.map((tensor, i) => [tensor, slopes[i]]))
  }
}

/** A parameter's name is its layer's path and a word. */
export const layerOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('/'))

/** A vector of one number. */
export const one = (tensor: Tensor): Tensor => reshape(tensor, [1])

/** A value that is zeros where its condition does not hold. */
export const gated = (value: Tensor, on: Condition): Tensor => (on === always ? value : gatedSum([value], [on]))
