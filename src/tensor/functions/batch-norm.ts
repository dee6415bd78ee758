import { add, div, mul, square, sub } from '../ops/arithmetic.ts'
import { batchNormalized } from '../ops/batch-norm.ts'
import { channelAffine, channelSum } from '../ops/channel.ts'
import { maximum } from '../ops/select.ts'
import { reciprocal, sqrt } from '../ops/unary.ts'
import { shapeError } from '../shapes.ts'
import { sizeOf, type Tensor } from '../tensor.ts'

export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number
  /** A tensor of the shape of x that is added to the result. */
  readonly add?: Tensor
  /** Ends with max(0, ·). */
  readonly relu?: boolean
}

export interface BatchNormResult {
  readonly output: Tensor
  /** Mean of the batch, [C]. */
  readonly mean: Tensor
  /** Unbiased variance of the batch, [C]: what a running variance is made of. */
  readonly variance: Tensor
}

/**
 * Batch norm with the statistics of the batch. Ioffe and Szegedy, 2015, arXiv:1502.03167.
 * The variance is the mean of squares less the square of the mean: one pass, exact to about (mean / deviation)² · 1e-7 of itself, so
 * inputs should be roughly centred, as convolutions' outputs are.
 * @param x [N, C, …]
 * @param scale [C]
 * @param shift [C]
 * @throws ShapeError when a channel has one value only: it has no variance
 */
export function batchNormTraining(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  { epsilon = 1e-5, add: addend, relu }: BatchNormOptions = {},
): BatchNormResult {
  const count = sizeOf(x.shape) / x.shape[1]
  if (count < 2) shapeError('batchNormTraining', 'wants more than one value for each channel', [x])
  const mean = mul(channelSum(x), 1 / count)
  // A variance from sums can come out a little below 0 where all values are alike.
  const variance = maximum(sub(mul(channelSum(square(x)), 1 / count), square(mean)), 0)
  const inverse = reciprocal(sqrt(add(variance, epsilon)))
  const factor = mul(scale, inverse)
  const value = channelAffine(x, factor, sub(shift, mul(mean, factor)), { add: addend, relu })
  return {
    output: batchNormalized({ value, x, scale, shift, mean, inverse, addend, relu }),
    mean,
    variance: mul(variance, count / (count - 1)),
  }
}

/** Batch norm with statistics learnt before: one scale and shift for each channel. */
export function batchNormInference(
  x: Tensor,
  { scale, shift, mean, variance }: { readonly scale: Tensor; readonly shift: Tensor; readonly mean: Tensor; readonly variance: Tensor },
  { epsilon = 1e-5, add: addend, relu }: BatchNormOptions = {},
): Tensor {
  const factor = div(scale, sqrt(add(variance, epsilon)))
  return channelAffine(x, factor, sub(shift, mul(mean, factor)), { add: addend, relu })
}

/** running + momentum · (batch − running); PyTorch's momentum, 0.1 by default. */
export const runningStatistic = (running: Tensor, batch: Tensor, momentum = 0.1): Tensor => add(running, mul(sub(batch, running), momentum))
