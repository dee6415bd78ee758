import { add } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/shape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * x · weight + bias over the last axis.
 * @param x [..., inputs]
 * @param weight [inputs, units]
 * @param bias [units]
 * @returns [..., units]
 */
export function dense(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  // As one matrix: a batched product would sum the weight's gradient over the leading axes afterwards.
  const rows = reshape(x, [-1, x.shape.at(-1)!])
  const product = matmul(rows, weight)
  return reshape(bias ? add(product, bias) : product, [...x.shape.slice(0, -1), weight.shape[1]])
}
