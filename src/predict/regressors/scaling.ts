/** Brings vectors to mean 0 and deviation 1, place by place. */
export interface Scaling {
  readonly length: number
  apply(input: ArrayLike<number>): Float64Array
}

/** The scaling of examples; a place that is the same in all of them becomes 0, whatever comes later. */
export function scalingOf(inputs: readonly ArrayLike<number>[]): Scaling {
  const length = inputs[0].length
  const means = new Float64Array(length)
  const factors = new Float64Array(length)
  for (let place = 0; place < length; place++) {
    let sum = 0
    for (const input of inputs) sum += input[place]
    const mean = sum / inputs.length
    let squares = 0
    for (const input of inputs) squares += (input[place] - mean) ** 2
    const deviation = Math.sqrt(squares / inputs.length)
    means[place] = mean
    // Rounding leaves a trace of a deviation where all are equal.
    factors[place] = deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? 1 / deviation : 0
  }
  return { length, apply: (input) => Float64Array.from(means, (mean, place) => (input[place] - mean) * factors[place]) }
}

/** Mean and deviation of numbers; the deviation of equal ones counts as 1, so that it can divide. */
export function centreOf(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 }
}
