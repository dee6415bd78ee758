import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { normaliseAxis, sameShape, shapeError } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { cast } from './unary.ts'
import { transpose, inversePermutation } from './shape.ts'

type GatherAttributes = { readonly axis: number }
type ScatterAttributes = { readonly rows: number }

const isIndex = (dtype: string): boolean => dtype === 'int64' || dtype === 'int32'

export const gatherOps = {
  gather: {
    name: 'gather',
    infer(inputs, { axis }) {
      const [x, indices] = inputs
      if (!isIndex(indices.dtype)) shapeError('gather', 'indices must be int64 or int32', inputs)
      return { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }
    },
    gradient(node, upstream) {
      const [x, indices] = node.inputs as [Tensor, Tensor]
      if (x.dtype !== 'float32') return [undefined, undefined]
      const { axis } = node.attributes
      // scatterAdd works on the first axis: bring the gathered axes there, and the axis back afterwards.
      const gathered = indices.shape.map((_, i) => axis + i)
      const others = upstream.shape.map((_, i) => i).filter((i) => !gathered.includes(i))
      const scattered = scatterAdd(transpose(upstream, [...gathered, ...others]), indices, x.shape[axis])
      const forward = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)]
      return [transpose(scattered, inversePermutation(forward)), undefined]
    },
    lower: (node, inputs, emit) => emit.node('Gather', inputs, { axis: node.attributes.axis }),
  } satisfies Op<GatherAttributes, 'gather'>,

  scatterAdd: {
    name: 'scatterAdd',
    infer(inputs, { rows }) {
      const [updates, indices] = inputs
      if (!isIndex(indices.dtype)) shapeError('scatterAdd', 'indices must be int64 or int32', inputs)
      const rank = indices.shape.length
      if (!sameShape(updates.shape.slice(0, rank), indices.shape))
        shapeError('scatterAdd', 'updates must begin with the shape of the indices', inputs)
      return { shape: [rows, ...updates.shape.slice(rank)], dtype: updates.dtype }
    },
    gradient: (node, upstream) => [gather(upstream, node.inputs[1], 0), undefined],
    lower(node, [updates, indices], emit) {
      const { shape, dtype } = node.inputs[1]
      const wide = dtype === 'int64' ? indices : emit.node('Cast', [indices], { to: 7 })
      const zeros = emit.node('Expand', [emit.floats([0], []), emit.ints(node.shape)])
      return emit.node('ScatterND', [zeros, emit.node('Reshape', [wide, emit.ints([...shape, 1])]), updates], { reduction: 'add' })
    },
  } satisfies Op<ScatterAttributes, 'scatterAdd'>,

  oneHot: {
    name: 'oneHot',
    infer(inputs, { depth }) {
      const [indices] = inputs
      if (!isIndex(indices.dtype)) shapeError('oneHot', 'indices must be int64 or int32', inputs)
      return { shape: [...indices.shape, depth], dtype: 'float32' }
    },
    gradient: () => [undefined],
    lower: (node, [indices], emit) => emit.node('OneHot', [indices, emit.ints([node.attributes.depth]), emit.floats([0, 1])], { axis: -1 }),
  } satisfies Op<{ readonly depth: number }, 'oneHot'>,
}

/** Elements of `x` at integer `indices` along an axis, which is replaced by the axes of the indices. */
export const gather = (x: Tensor, indices: Tensor, axis = 0): Tensor =>
  apply(gatherOps.gather, [x, indices], { axis: normaliseAxis('gather', axis, x.shape.length, [x, indices]) })

/** Rows of a table [count, width] at integer indices of any shape: [...indices, width]. */
export const embedding = (table: Tensor, indices: Tensor): Tensor => gather(table, indices, 0)

/** A table of `rows` rows; row r is the sum of the updates whose index is r. Updates: [...indices, ...row]. */
export const scatterAdd = (updates: Tensor, indices: Tensor, rows: number): Tensor =>
  apply(gatherOps.scatterAdd, [updates, indices], { rows })

/** 1 at each index along a new last axis of `depth`, else 0. */
export const oneHot = (indices: Tensor, depth: number): Tensor =>
  apply(gatherOps.oneHot, [isIndex(indices.dtype) ? indices : cast(indices, 'int64')], { depth })
