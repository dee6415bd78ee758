import { add, mul, sub } from '../ops/arithmetic.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Decay of a moving average at update `step` (1 for the first): grows to `decay`, so that the average forgets where weights began
 * even in a short training.
 */
export const emaDecay = (decay: number, step: number): number => Math.min(decay, step / (9 + step))

/** average + (1 − decay) · (value − average); `decay` is a scalar []. */
export const exponentialMovingAverage = (average: Tensor, value: Tensor, decay: Tensor): Tensor =>
  add(average, mul(sub(value, average), sub(1, decay)))
