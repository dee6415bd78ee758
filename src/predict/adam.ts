/** A learned array with its gradient and what Adam keeps of it. */
export interface Parameter {
  readonly value: Float64Array
  readonly gradient: Float64Array
  readonly mean: Float64Array
  readonly square: Float64Array
  steps: number
}

export interface SavedParameter {
  readonly value: readonly number[]
  readonly mean: readonly number[]
  readonly square: readonly number[]
  readonly steps: number
}

const DECAY_MEAN = 0.9
const DECAY_SQUARE = 0.999
const EPSILON = 1e-8

/** A parameter with its first values; everything else is zero. */
export function parameter(value: Float64Array): Parameter {
  const zeros = (): Float64Array => new Float64Array(value.length)
  return { value, gradient: zeros(), mean: zeros(), square: zeros(), steps: 0 }
}

/**
 * One step of Adam (Kingma and Ba 2015, arXiv:1412.6980) UP the gradients, which are set to zero after it. Each parameter counts its own steps, so those that
 * appear late are treated as new.
 *
 * @param rate learning rate
 * @param norm gradients longer than this, all together, are scaled down to it
 */
export function ascend(parameters: Iterable<Parameter>, rate: number, norm: number): void {
  const all = [...parameters]
  const length = Math.sqrt(all.reduce((sum, { gradient }) => sum + squares(gradient), 0))
  const scale = length > norm ? norm / length : 1
  for (const one of all) {
    const { value, gradient, mean, square } = one
    one.steps++
    const meanScale = 1 / (1 - DECAY_MEAN ** one.steps)
    const squareScale = 1 / (1 - DECAY_SQUARE ** one.steps)
    for (let i = 0; i < value.length; i++) {
      const slope = gradient[i] * scale
      mean[i] = DECAY_MEAN * mean[i] + (1 - DECAY_MEAN) * slope
      square[i] = DECAY_SQUARE * square[i] + (1 - DECAY_SQUARE) * slope * slope
      value[i] += (rate * mean[i] * meanScale) / (Math.sqrt(square[i] * squareScale) + EPSILON)
      gradient[i] = 0
    }
  }
}

function squares(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return sum
}

export const saveParameter = ({ value, mean, square, steps }: Parameter): SavedParameter => ({
  value: [...value],
  mean: [...mean],
  square: [...square],
  steps,
})

export const restoreParameter = ({ value, mean, square, steps }: SavedParameter): Parameter => ({
  value: Float64Array.from(value),
  gradient: new Float64Array(value.length),
  mean: Float64Array.from(mean),
  square: Float64Array.from(square),
  steps,
})
