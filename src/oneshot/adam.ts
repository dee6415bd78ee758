export interface AdamSettings {
  readonly learningRate: number
  readonly beta1?: number
  readonly beta2?: number
  /** Added to the gradient times the value. */
  readonly weightDecay?: number
}

/** Adam on a short vector (Kingma and Ba 2014, arXiv:1412.6980), in place: alphas are too few for a graph of their own. */
export class SmallAdam {
  readonly values: Float32Array
  readonly #first: Float32Array
  readonly #second: Float32Array
  #step = 0

  constructor(values: Float32Array) {
    this.values = values
    this.#first = new Float32Array(values.length)
    this.#second = new Float32Array(values.length)
  }

  update(gradient: ArrayLike<number>, { learningRate, beta1 = 0.5, beta2 = 0.999, weightDecay = 0 }: AdamSettings): void {
    this.#step++
    const scale = learningRate / (1 - beta1 ** this.#step)
    const spread = Math.sqrt(1 - beta2 ** this.#step)
    for (let i = 0; i < this.values.length; i++) {
      const slope = gradient[i] + weightDecay * this.values[i]
      this.#first[i] = beta1 * this.#first[i] + (1 - beta1) * slope
      this.#second[i] = beta2 * this.#second[i] + (1 - beta2) * slope * slope
      this.values[i] -= (scale * this.#first[i]) / (Math.sqrt(this.#second[i]) / spread + 1e-8)
    }
  }

  save(): { readonly step: number; readonly vectors: Readonly<Record<'values' | 'first' | 'second', Float32Array>> } {
    return { step: this.#step, vectors: { values: this.values.slice(), first: this.#first.slice(), second: this.#second.slice() } }
  }

  restore(step: number, vectors: Readonly<Record<'values' | 'first' | 'second', Float32Array>>): void {
    this.#step = step
    this.values.set(vectors.values)
    this.#first.set(vectors.first)
    this.#second.set(vectors.second)
  }
}
