import { apply, scalar } from '../graph.ts'
import type { Op } from '../op.ts'
import { broadcastShapes, normaliseAxes, sameShape, shapeError } from '../shapes.ts'
import type { DataType, Shape, Tensor } from '../tensor.ts'
import { reshape } from './shape.ts'

export type ReduceAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean }

/** Shape after reducing `axes`. */
export const reducedShape = (shape: Shape, { axes, keepDims }: ReduceAttributes): number[] =>
  keepDims ? shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension)) : shape.filter((_, i) => !axes.includes(i))

/** A reduced tensor with the reduced axes back as 1, so that it broadcasts to the shape before. */
export const restoreAxes = (reduced: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  reshape(reduced, reducedShape(shape, { axes, keepDims: true }))

export const broadcastOps = {
  broadcastTo: {
    name: 'broadcastTo',
    infer(inputs, { shape }) {
      const x = inputs[0]
      const result = broadcastShapes(x.shape, shape)
      if (!result || !sameShape(result, shape)) shapeError('broadcastTo', `cannot become [${shape.join(',')}]`, inputs)
      return { shape, dtype: x.dtype }
    },
    gradient: (node, upstream) => [sumTo(upstream, node.inputs[0].shape)],
    lower: (node, [x], emit) => emit.node('Expand', [x, emit.ints(node.shape)]),
  } satisfies Op<{ readonly shape: Shape }, 'broadcastTo'>,

  reduceSum: {
    name: 'reduceSum',
    infer: (inputs, attributes) => ({ shape: reducedShape(inputs[0].shape, attributes), dtype: inputs[0].dtype }),
    gradient(node, upstream) {
      const { shape } = node.inputs[0]
      return [broadcastTo(restoreAxes(upstream, shape, node.attributes.axes), shape)]
    },
    lower: (node, [x], emit) =>
      emit.node('ReduceSum', [x, emit.ints(node.attributes.axes)], { keepdims: node.attributes.keepDims ? 1 : 0 }),
  } satisfies Op<ReduceAttributes, 'reduceSum'>,
}

/** Repeats `x` along dimensions of 1 and new leading dimensions (NumPy's rule). */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(broadcastOps.broadcastTo, [x], { shape: [...shape] })

export interface ReduceOptions {
  /** Keeps the reduced axes as 1. */
  readonly keepDims?: boolean
}

/** Sum over `axes` (default all). */
export function reduceSum(x: Tensor, axes?: readonly number[], { keepDims = false }: ReduceOptions = {}): Tensor {
  const reduced = normaliseAxes('reduceSum', axes, x)
  return reduced.length === 0 ? x : apply(broadcastOps.reduceSum, [x], { axes: reduced, keepDims })
}

/** Sums what broadcasting repeated: turns a gradient of the broadcast shape into one of `shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((dimension, i) => (i < lead || (shape[i - lead] === 1 && dimension !== 1) ? [i] : []))
  return reshape(reduceSum(x, axes, { keepDims: true }), shape)
}

/** A tensor that holds one number everywhere (kept as that number until it runs). */
export const full = (shape: Shape, value: number, dtype: DataType = 'float32'): Tensor => broadcastTo(scalar(value, dtype), shape)

export const zeros = (shape: Shape, dtype: DataType = 'float32'): Tensor => full(shape, 0, dtype)
export const ones = (shape: Shape, dtype: DataType = 'float32'): Tensor => full(shape, 1, dtype)
