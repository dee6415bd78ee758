import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { normaliseAxis, sameShape, shapeError } from '../shapes.ts'
import type { Shape, Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'

type ReshapeAttributes = { readonly shape: Shape }
type TransposeAttributes = { readonly permutation: readonly number[] }

export const shapeOps = {
  reshape: {
    name: 'reshape',
    infer(inputs, { shape }) {
      const [x] = inputs
      if (shape.some((dimension) => !Number.isInteger(dimension) || dimension < 1))
        shapeError('reshape', `[${shape.join(',')}] is no shape`, inputs)
      if (sizeOf(shape) !== sizeOf(x.shape)) shapeError('reshape', `cannot become [${shape.join(',')}]`, inputs)
      return { shape, dtype: x.dtype }
    },
    gradient: (node, upstream) => [reshape(upstream, node.inputs[0].shape)],
    lower: (node, [x], emit) => emit.node('Reshape', [x, emit.ints(node.shape)]),
  } satisfies Op<ReshapeAttributes, 'reshape'>,

  transpose: {
    name: 'transpose',
    infer(inputs, { permutation }) {
      const x = inputs[0]
      const sorted = [...permutation].sort((a, b) => a - b)
      if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
        shapeError('transpose', `[${permutation.join(',')}] is no order of the axes`, inputs)
      }
      return { shape: permutation.map((axis) => x.shape[axis]), dtype: x.dtype }
    },
    gradient: (node, upstream) => [transpose(upstream, inversePermutation(node.attributes.permutation))],
    lower: (node, [x], emit) => emit.node('Transpose', [x], { perm: node.attributes.permutation }),
  } satisfies Op<TransposeAttributes, 'transpose'>,
}

/** The permutation that undoes `permutation`. */
export const inversePermutation = (permutation: readonly number[]): number[] => permutation.map((_, axis) => permutation.indexOf(axis))

/** The same values in another shape of the same size; one dimension may be -1: what is left over. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1)
  const full = shape.map((dimension) => (dimension === -1 ? sizeOf(x.shape) / known : dimension))
  return sameShape(full, x.shape) ? x : apply(shapeOps.reshape, [x], { shape: full })
}

/** Axes in another order: output axis i is input axis `permutation[i]`; by default the order is reversed. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const order = permutation ?? x.shape.map((_, i) => x.shape.length - 1 - i)
  return order.length === x.shape.length && order.every((axis, i) => axis === i)
    ? x
    : apply(shapeOps.transpose, [x], { permutation: order })
}

/** Adds dimensions of size 1 so that they stand at `axes` of the result. */
export function expandDims(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.shape.length + axes.length
  const at = new Set(axes.map((axis) => normaliseAxis('expandDims', axis, rank, [x])))
  let next = 0
  return reshape(
    x,
    Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : x.shape[next++])),
  )
}

/** Removes the given dimensions, which must be 1. */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const gone = new Set(axes.map((axis) => normaliseAxis('squeeze', axis, x.shape.length, [x])))
  for (const axis of gone) if (x.shape[axis] !== 1) shapeError('squeeze', `axis ${axis} is not 1`, [x])
  return reshape(
    x,
    x.shape.filter((_, i) => !gone.has(i)),
  )
}

/** All dimensions from `axis` on become one. */
export const flatten = (x: Tensor, axis = 1): Tensor => reshape(x, [...x.shape.slice(0, axis), sizeOf(x.shape.slice(axis))])
