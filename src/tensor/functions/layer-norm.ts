import { add, div, mul, square, sub } from '../ops/arithmetic.ts'
import { reduceMean } from '../ops/reduce.ts'
import { sqrt } from '../ops/unary.ts'
import { sameShape, shapeError } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'

export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number
}

/**
 * Each example brought to mean 0 and variance 1 over its last axes, then scaled and shifted. Ba, Kiros and Hinton, 2016, arXiv:1607.06450.
 * @param x [..., ...normalised]
 * @param scale the shape of the normalised axes
 * @param shift the same shape
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, { epsilon = 1e-5 }: LayerNormOptions = {}): Tensor {
  const rank = scale.shape.length
  if (rank === 0 || !sameShape(x.shape.slice(-rank), scale.shape) || !sameShape(scale.shape, shift.shape)) {
    shapeError('layerNorm', 'scale and shift must have the shape of the last axes of x', [x, scale, shift])
  }
  const axes = scale.shape.map((_, i) => i - rank)
  const centred = sub(x, reduceMean(x, axes, { keepDims: true }))
  const deviation = sqrt(add(reduceMean(square(centred), axes, { keepDims: true }), epsilon))
  return add(mul(div(centred, deviation), scale), shift)
}
