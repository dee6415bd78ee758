import { apply, scalar } from '../graph.ts'
import type { Op } from '../op.ts'
import { broadcastShapes, shapeError } from '../shapes.ts'
import type { Attributes, Tensor } from '../tensor.ts'
import { add, binaryOp, mul, none, type Operand, pair, sub } from './arithmetic.ts'
import { sumTo } from './broadcast.ts'
import { atLeastMask, greaterMask } from './masks.ts'
import { log } from './unary.ts'

/** Share of the gradient that the larger operand gets: all, or half of it where they are equal (as PyTorch has it). */
const largerShare = (a: Tensor, b: Tensor): Tensor => mul(add(greaterMask(a, b), atLeastMask(a, b)), 0.5)

export const selectOps = {
  maximum: binaryOp('maximum', 'Max', (a, b, up) => [() => mul(up, largerShare(a, b)), () => mul(up, largerShare(b, a))]),
  minimum: binaryOp('minimum', 'Min', (a, b, up) => [() => mul(up, largerShare(b, a)), () => mul(up, largerShare(a, b))]),
  pow: binaryOp('pow', 'Pow', (a, b, up, node) => [() => mul(up, mul(b, pow(a, sub(b, 1)))), () => mul(up, mul(node, log(a)))]),
  where: {
    name: 'where',
    infer(inputs) {
      const [mask, a, b] = inputs
      if (mask.dtype !== 'float32' || a.dtype !== b.dtype) shapeError('where', 'wants a float mask and two values of one type', inputs)
      const values = broadcastShapes(a.shape, b.shape)
      const shape = values && broadcastShapes(mask.shape, values)
      if (!shape) shapeError('where', 'shapes do not broadcast', inputs)
      return { shape, dtype: a.dtype }
    },
    gradient(node, upstream) {
      const [mask, a, b] = node.inputs
      const zero = scalar(0)
      return [undefined, sumTo(where(mask, upstream, zero), a.shape), sumTo(where(mask, zero, upstream), b.shape)]
    },
    lower: (_, [mask, a, b], emit) => emit.node('Where', [emit.node('Cast', [mask], { to: 9 }), a, b]),
  } satisfies Op<Attributes, 'where'>,
}

/** The larger operand, elementwise; equal operands share the gradient. */
export const maximum = (a: Operand, b: Operand): Tensor => apply(selectOps.maximum, pair(a, b), none)
/** The smaller operand, elementwise; equal operands share the gradient. */
export const minimum = (a: Operand, b: Operand): Tensor => apply(selectOps.minimum, pair(a, b), none)
/** a to the power b; the gradient of a tensor b needs a > 0. */
export const pow = (a: Operand, b: Operand): Tensor => apply(selectOps.pow, pair(a, b), none)
/** `a` where the mask is not 0, else `b`; what is not chosen may be infinite or NaN. */
export function where(mask: Tensor, a: Operand, b: Operand): Tensor {
  return apply(selectOps.where, [mask, ...pair(a, b)], none)
}
/** x kept within [low, high]. */
export const clamp = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high)
