/** Adam (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101) on one flat array. */
export class AdamW {
  readonly #first: Float64Array
  readonly #second: Float64Array
  #steps = 0

  constructor(size: number) {
    this.#first = new Float64Array(size)
    this.#second = new Float64Array(size)
  }

  /** One step against the gradient, in place. */
  step(parameters: Float64Array, gradient: Float64Array, rate: number, decay = 0): void {
    this.#steps++
    const first = this.#first
    const second = this.#second
    const size = (rate * Math.sqrt(1 - 0.999 ** this.#steps)) / (1 - 0.9 ** this.#steps)
    const keep = 1 - rate * decay
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]
      // A weight whose input never came has no moments: only its decay is left.
      if (slope === 0 && first[i] === 0) {
        parameters[i] *= keep
        continue
      }
      first[i] += 0.1 * (slope - first[i])
      second[i] += 0.001 * (slope * slope - second[i])
      parameters[i] = parameters[i] * keep - (size * first[i]) / (Math.sqrt(second[i]) + 1e-8)
    }
  }
}
