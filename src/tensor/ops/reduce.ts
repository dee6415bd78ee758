import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { normaliseAxes, normaliseAxis } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { div, mul } from './arithmetic.ts'
import { broadcastTo, type ReduceAttributes, type ReduceOptions, reduceSum, reducedShape, restoreAxes } from './broadcast.ts'
import { atLeastMask } from './masks.ts'

export const reduceOps = {
  reduceMean: {
    name: 'reduceMean',
    infer: (inputs, attributes) => ({ shape: reducedShape(inputs[0].shape, attributes), dtype: inputs[0].dtype }),
    gradient(node, upstream) {
      const { shape } = node.inputs[0]
      const { axes } = node.attributes
      const count = axes.reduce((product, axis) => product * shape[axis], 1)
      return [broadcastTo(restoreAxes(mul(upstream, 1 / count), shape, axes), shape)]
    },
    lower: (node, [x], emit) =>
      emit.node('ReduceMean', [x, emit.ints(node.attributes.axes)], { keepdims: node.attributes.keepDims ? 1 : 0 }),
  } satisfies Op<ReduceAttributes, 'reduceMean'>,

  reduceMax: {
    name: 'reduceMax',
    infer: (inputs, attributes) => ({ shape: reducedShape(inputs[0].shape, attributes), dtype: inputs[0].dtype }),
    gradient(node, upstream) {
      const x = node.inputs[0]
      const { axes } = node.attributes
      const largest = atLeastMask(x, restoreAxes(node, x.shape, axes))
      const share = div(restoreAxes(upstream, x.shape, axes), reduceSum(largest, axes, { keepDims: true }))
      return [mul(largest, share)]
    },
    lower: (node, [x], emit) =>
      emit.node('ReduceMax', [x, emit.ints(node.attributes.axes)], { keepdims: node.attributes.keepDims ? 1 : 0 }),
  } satisfies Op<ReduceAttributes, 'reduceMax'>,

  argMax: {
    name: 'argMax',
    infer: (inputs, { axis }) => ({ shape: inputs[0].shape.filter((_, i) => i !== axis), dtype: 'int64' }),
    gradient: () => [undefined],
    lower: (node, [x], emit) => emit.node('ArgMax', [x], { axis: node.attributes.axis, keepdims: 0 }),
  } satisfies Op<{ readonly axis: number }, 'argMax'>,
}

/** Mean over `axes` (default all). */
export function reduceMean(x: Tensor, axes?: readonly number[], { keepDims = false }: ReduceOptions = {}): Tensor {
  const reduced = normaliseAxes('reduceMean', axes, x)
  return reduced.length === 0 ? x : apply(reduceOps.reduceMean, [x], { axes: reduced, keepDims })
}

/** Maximum over `axes` (default all); equal maxima share the gradient. */
export function reduceMax(x: Tensor, axes?: readonly number[], { keepDims = false }: ReduceOptions = {}): Tensor {
  const reduced = normaliseAxes('reduceMax', axes, x)
  return reduced.length === 0 ? x : apply(reduceOps.reduceMax, [x], { axes: reduced, keepDims })
}

/** Index (int64) of the first maximum along an axis, which goes away. No gradient. */
export const argMax = (x: Tensor, axis = -1): Tensor =>
  apply(reduceOps.argMax, [x], { axis: normaliseAxis('argMax', axis, x.shape.length, [x]) })
