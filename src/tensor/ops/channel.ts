import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { expectType, sameShape, shapeError } from '../shapes.ts'
import type { Attributes, Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import { mul, none } from './arithmetic.ts'
import { broadcastTo, zeros } from './broadcast.ts'
import { step } from './masks.ts'
import { reshape } from './shape.ts'
import { uniformValue } from '../graph.ts'

type AffineAttributes = { readonly relu: boolean }

/** A vector [C] in the shape that broadcasts over x[N, C, …]. */
const perChannel = (vector: Tensor, rank: number): Tensor =>
  reshape(vector, [vector.shape[0], ...Array.from({ length: rank - 2 }, () => 1)])

/** The number that a constant, or a broadcast constant, holds everywhere. */
const uniform = (node: Tensor): number | undefined => uniformValue(node.op === 'broadcastTo' ? node.inputs[0] : node)

export const channelOps = {
  channelAffine: {
    name: 'channelAffine',
    infer(inputs) {
      const [x, scale, shift, addend] = inputs
      expectType('channelAffine', 'float32', inputs)
      const channels = [x.shape[1] ?? 0]
      if (x.shape.length < 2 || !sameShape(scale.shape, channels) || !sameShape(shift.shape, channels)) {
        shapeError('channelAffine', 'wants x[N, C, …], scale[C], shift[C]', inputs)
      }
      if (addend && !sameShape(addend.shape, x.shape)) shapeError('channelAffine', 'the tensor to add must have the shape of x', inputs)
      return { shape: x.shape, dtype: 'float32' }
    },
    gradient(node, upstream) {
      const [x, scale, , addend] = node.inputs as [Tensor, Tensor, Tensor, Tensor | undefined]
      const up = node.attributes.relu ? mul(upstream, step(node)) : upstream
      const dx = channelAffine(up, scale, zeros(scale.shape))
      return [dx, channelSum(mul(up, x)), channelSum(up), ...(addend ? [up] : [])]
    },
    lower(node, [x, scale, shift, addend], emit) {
      const rank = node.shape.length
      const shape = emit.ints([node.shape[1], ...Array.from({ length: rank - 2 }, () => 1)])
      const spread = (vector: string): string => (rank === 2 ? vector : emit.node('Reshape', [vector, shape]))
      let result = uniform(node.inputs[1]) === 1 ? x : emit.node('Mul', [x, spread(scale)])
      if (uniform(node.inputs[2]) !== 0) result = emit.node('Add', [result, spread(shift)])
      if (addend) result = emit.node('Add', [result, addend])
      return node.attributes.relu ? emit.node('Relu', [result]) : result
    },
  } satisfies Op<AffineAttributes, 'channelAffine'>,

  channelSum: {
    name: 'channelSum',
    infer(inputs) {
      const x = inputs[0]
      expectType('channelSum', 'float32', inputs)
      if (x.shape.length < 2) shapeError('channelSum', 'wants x[N, C, …]', inputs)
      return { shape: [x.shape[1]], dtype: 'float32' }
    },
    gradient: (node, upstream) => [broadcastTo(perChannel(upstream, node.inputs[0].shape.length), node.inputs[0].shape)],
    lower(node, [x], emit) {
      const { shape } = node.inputs[0]
      if (shape.length === 2) return emit.node('ReduceSum', [x, emit.ints([0])], { keepdims: 0 })
      const [batch, channels, ...rest] = shape
      const flat = emit.node('Reshape', [x, emit.ints([batch, channels, sizeOf(rest)])])
      return emit.node('ReduceSum', [flat, emit.ints([0, 2])], { keepdims: 0 })
    },
  } satisfies Op<Attributes, 'channelSum'>,
}

export interface ChannelAffineOptions {
  /** A tensor of the shape of x that is added. */
  readonly add?: Tensor
  /** Ends with max(0, ·). */
  readonly relu?: boolean
}

/**
 * x · scale + shift for each channel (+ a tensor) (then ReLU): batch norm's pass over the data in one op.
 * @param x [N, C, …]
 * @param scale [C]
 * @param shift [C]
 */
export function channelAffine(x: Tensor, scale: Tensor, shift: Tensor, { add, relu = false }: ChannelAffineOptions = {}): Tensor {
  return apply(channelOps.channelAffine, add ? [x, scale, shift, add] : [x, scale, shift], { relu })
}

/** Sum over everything but the channels: x[N, C, …] gives [C]. */
export const channelSum = (x: Tensor): Tensor => apply(channelOps.channelSum, [x], none)
