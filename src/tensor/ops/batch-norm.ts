import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { sameShape, shapeError } from '../shapes.ts'
import { sizeOf, type Tensor } from '../tensor.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { zeros } from './broadcast.ts'
import { channelAffine, channelSum } from './channel.ts'
import { step } from './masks.ts'

type BatchNormAttributes = { readonly relu: boolean }

export const batchNormOps = {
  /**
   * (value, x, scale, shift, mean, inverse deviation, addend?): the value of its first input, which is batch norm of the others. Not a
   * computation of its own: it is there because the gradient taken as a whole needs far fewer passes over the data than one taken
   * through the sums.
   */
  batchNormalized: {
    name: 'batchNormalized',
    infer(inputs) {
      const [value, x, ...vectors] = inputs
      if (!sameShape(value.shape, x.shape)) shapeError('batchNormalized', 'the value must have the shape of x', inputs)
      if (vectors.slice(0, 4).some(({ shape }) => !sameShape(shape, [x.shape[1]])))
        shapeError('batchNormalized', 'wants vectors [C]', inputs)
      return { shape: value.shape, dtype: 'float32' }
    },
    gradient(node, upstream) {
      const [, x, scale, , mean, inverse, addend] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor | undefined]
      const up = node.attributes.relu ? mul(upstream, step(node)) : upstream
      const dShift = channelSum(up)
      const dScale = mul(sub(channelSum(mul(up, x)), mul(mean, dShift)), inverse)
      // dx = scale · inverse · (up − mean(up) − x̂ · mean(up · x̂)), with the part in brackets as one pass over x and up.
      const share = (sizeOf(x.shape) / x.shape[1]) ** -1
      const slope = neg(mul(mul(inverse, dScale), share))
      const offset = neg(add(mul(dShift, share), mul(slope, mean)))
      const direction = channelAffine(x, slope, offset, { add: up })
      const dx = channelAffine(direction, mul(scale, inverse), zeros(scale.shape))
      return [undefined, dx, dScale, dShift, undefined, undefined, ...(addend ? [up] : [])]
    },
    lower: (_, inputs) => inputs[0],
  } satisfies Op<BatchNormAttributes, 'batchNormalized'>,
}

/** Marks `value` as batch norm of x (plus `addend`, then ReLU), for its gradient. `mean` and `inverse` must be those of x. */
export function batchNormalized(parts: {
  readonly value: Tensor
  readonly x: Tensor
  readonly scale: Tensor
  readonly shift: Tensor
  readonly mean: Tensor
  readonly inverse: Tensor
  readonly addend?: Tensor
  readonly relu?: boolean
}): Tensor {
  const { value, x, scale, shift, mean, inverse, addend, relu = false } = parts
  return apply(batchNormOps.batchNormalized, [value, x, scale, shift, mean, inverse, ...(addend ? [addend] : [])], { relu })
}
