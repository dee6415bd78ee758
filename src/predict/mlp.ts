import { normal, type Random } from '../space/index.ts'
import type { SparseVector } from './sparse-vector.ts'

/**
 * A multi-layer perceptron with ReLU between its layers and one output, on flat arrays: small networks that are trained in milliseconds.
 * Inputs are sparse: what is zero in them costs nothing, so encodings may be wide.
 */
export class Mlp {
  /** All weights, layer by layer: `inputs × outputs` weights (input by input), then `outputs` biases. */
  readonly parameters: Float64Array
  /** Gradient of the loss, summed over the examples given to `backward` since it was last filled with zeros. */
  readonly gradient: Float64Array
  readonly #widths: readonly number[]
  readonly #offsets: readonly number[]
  #input: SparseVector = { places: new Int32Array(0), values: new Float64Array(0) }
  /** What each layer gave, and the gradient there; not used for the input. */
  readonly #values: Float64Array[]
  readonly #errors: Float64Array[]

  /** @param widths of the input and of each hidden layer; He's normal initialisation (He et al. 2015, arXiv:1502.01852) */
  constructor(widths: readonly number[], random: Random) {
    this.#widths = [...widths, 1]
    const offsets = [0]
    for (let layer = 0; layer + 1 < this.#widths.length; layer++)
      offsets.push(offsets[layer] + (this.#widths[layer] + 1) * this.#widths[layer + 1])
    this.#offsets = offsets
    this.parameters = new Float64Array(offsets[offsets.length - 1])
    this.gradient = new Float64Array(this.parameters.length)
    this.#values = this.#widths.map((width) => new Float64Array(width))
    this.#errors = this.#widths.map((width) => new Float64Array(width))
    for (let layer = 0; layer + 1 < this.#widths.length; layer++) {
      const deviation = Math.sqrt(2 / this.#widths[layer])
      const weights = this.#widths[layer] * this.#widths[layer + 1]
      for (let i = 0; i < weights; i++) this.parameters[offsets[layer] + i] = normal(random, 0, deviation)
    }
  }

  /** The output for an input of the first width. */
  forward(input: SparseVector): number {
    this.#input = input
    this.#first(input)
    const last = this.#widths.length - 1
    for (let layer = 1; layer < last; layer++) this.#layer(layer)
    return this.#values[last][0]
  }

  /** Adds the gradient for the input that `forward` was given last. @param slope derivative of the loss by the output */
  backward(slope: number): void {
    const last = this.#widths.length - 1
    this.#errors[last][0] = slope
    for (let layer = last - 1; layer > 0; layer--) this.#back(layer)
    this.#backFirst()
  }

  #first({ places, values }: SparseVector): void {
    const output = this.#values[1]
    const { parameters } = this
    const outputs = output.length
    const biases = this.#widths[0] * outputs
    for (let j = 0; j < outputs; j++) output[j] = parameters[biases + j]
    for (let i = 0; i < places.length; i++) {
      const value = values[i]
      const at = places[i] * outputs
      for (let j = 0; j < outputs; j++) output[j] += value * parameters[at + j]
    }
    this.#rectify(1)
  }

  #layer(layer: number): void {
    const input = this.#values[layer]
    const output = this.#values[layer + 1]
    const { parameters } = this
    const outputs = output.length
    let at = this.#offsets[layer]
    const biases = at + input.length * outputs
    for (let j = 0; j < outputs; j++) output[j] = parameters[biases + j]
    for (let i = 0; i < input.length; i++, at += outputs) {
      const value = input[i]
      if (value === 0) continue
      for (let j = 0; j < outputs; j++) output[j] += value * parameters[at + j]
    }
    this.#rectify(layer + 1)
  }

  /** ReLU on what a layer gave, except the last. */
  #rectify(layer: number): void {
    if (layer === this.#widths.length - 1) return
    const output = this.#values[layer]
    for (let j = 0; j < output.length; j++) if (output[j] < 0) output[j] = 0
  }

  #back(layer: number): void {
    const input = this.#values[layer]
    const error = this.#errors[layer + 1]
    const before = this.#errors[layer]
    const { parameters, gradient } = this
    const outputs = error.length
    let at = this.#offsets[layer]
    const biases = at + input.length * outputs
    for (let j = 0; j < outputs; j++) gradient[biases + j] += error[j]
    for (let i = 0; i < input.length; i++, at += outputs) {
      const value = input[i]
      // A zero is a unit that is off: nothing flows through it.
      if (value === 0) {
        before[i] = 0
        continue
      }
      let sum = 0
      for (let j = 0; j < outputs; j++) {
        gradient[at + j] += value * error[j]
        sum += parameters[at + j] * error[j]
      }
      before[i] = sum
    }
  }

  /** Nobody asks for the gradient of the input. */
  #backFirst(): void {
    const { places, values } = this.#input
    const error = this.#errors[1]
    const { gradient } = this
    const outputs = error.length
    const biases = this.#widths[0] * outputs
    for (let j = 0; j < outputs; j++) gradient[biases + j] += error[j]
    for (let i = 0; i < places.length; i++) {
      const value = values[i]
      const at = places[i] * outputs
      for (let j = 0; j < outputs; j++) gradient[at + j] += value * error[j]
    }
  }
}
