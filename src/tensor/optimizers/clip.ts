import { add, div, mul, square } from '../ops/arithmetic.ts'
import { reduceSum } from '../ops/broadcast.ts'
import { minimum } from '../ops/select.ts'
import { sqrt } from '../ops/unary.ts'
import { scalar } from '../graph.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Scales a gradient down so that its Euclidean norm is at most `limit`; leaves a shorter one as it is.
 * Pascanu, Mikolov and Bengio, 2012, arXiv:1211.5063.
 * @param gradient all gradients as one flat vector
 */
export function clipByNorm(gradient: Tensor, limit: number): Tensor {
  if (!(limit > 0)) throw new RangeError(`clipByNorm: the limit must be above 0, got ${limit}`)
  const norm = sqrt(reduceSum(square(gradient)))
  return mul(gradient, minimum(div(scalar(limit), add(norm, 1e-6)), 1))
}
