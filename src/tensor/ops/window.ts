import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { normaliseAxis, sameShape, shapeError } from '../shapes.ts'
import type { Shape, Tensor } from '../tensor.ts'
import { reshape } from './shape.ts'

type SliceAttributes = { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly steps: readonly number[] }
type PadAttributes = { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number }

export const windowOps = {
  slice: {
    name: 'slice',
    infer(inputs, { starts, ends, steps }) {
      const x = inputs[0]
      const shape = x.shape.map((size, i) => {
        const [start, end, step] = [starts[i], ends[i], steps[i]]
        if (!(start >= 0 && start < end && end <= size && step >= 1))
          shapeError('slice', `${start}:${end}:${step} is outside axis ${i}`, inputs)
        return Math.ceil((end - start) / step)
      })
      return { shape, dtype: x.dtype }
    },
    gradient(node, upstream) {
      const { shape } = node.inputs[0]
      const { starts, steps } = node.attributes
      const spread = insertZeros(upstream, steps)
      return [
        pad(
          spread,
          starts,
          shape.map((size, i) => size - starts[i] - spread.shape[i]),
        ),
      ]
    },
    lower(node, [x], emit) {
      const { starts, ends, steps } = node.attributes
      const { shape } = node.inputs[0]
      const axes = shape.flatMap((size, i) => (starts[i] === 0 && ends[i] === size && steps[i] === 1 ? [] : [i]))
      const pick = (values: readonly number[]): string => emit.ints(axes.map((axis) => values[axis]))
      return emit.node('Slice', [x, pick(starts), pick(ends), emit.ints(axes), pick(steps)])
    },
  } satisfies Op<SliceAttributes, 'slice'>,

  pad: {
    name: 'pad',
    infer(inputs, { before, after }) {
      const x = inputs[0]
      if ([...before, ...after].some((count) => !Number.isInteger(count) || count < 0))
        shapeError('pad', 'counts must be 0 or more', inputs)
      if (before.length !== x.shape.length || after.length !== x.shape.length) shapeError('pad', 'a count for each axis is needed', inputs)
      return { shape: x.shape.map((size, i) => size + before[i] + after[i]), dtype: x.dtype }
    },
    gradient(node, upstream) {
      const { before } = node.attributes
      return [
        slice(
          upstream,
          before,
          node.inputs[0].shape.map((size, i) => before[i] + size),
        ),
      ]
    },
    lower(node, [x], emit) {
      const { before, after, value } = node.attributes
      const pads = emit.ints([...before, ...after])
      return emit.node('Pad', value === 0 ? [x, pads] : [x, pads, emit.floats([value], [])])
    },
  } satisfies Op<PadAttributes, 'pad'>,

  concat: {
    name: 'concat',
    infer(inputs, { axis }) {
      const first = inputs[0]
      const fits = inputs.every(
        ({ shape, dtype }) =>
          dtype === first.dtype && shape.length === first.shape.length && shape.every((size, i) => i === axis || size === first.shape[i]),
      )
      if (!fits) shapeError('concat', `shapes differ beside axis ${axis}`, inputs)
      const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0)
      return { shape: first.shape.map((size, i) => (i === axis ? total : size)), dtype: first.dtype }
    },
    gradient(node, upstream) {
      const { axis } = node.attributes
      let start = 0
      return node.inputs.map(({ shape }) => {
        start += shape[axis]
        return sliceAxis(upstream, axis, start - shape[axis], start)
      })
    },
    lower: (node, inputs, emit) => emit.node('Concat', inputs, { axis: node.attributes.axis }),
  } satisfies Op<{ readonly axis: number }, 'concat'>,
}

/** Elements starts, starts + steps, … below ends along every axis; negative starts and ends count from the end. */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[] = x.shape,
  steps: readonly number[] = x.shape.map(() => 1),
): Tensor {
  if ([starts, ends, steps].some((values) => values.length !== x.shape.length)) shapeError('slice', 'a number for each axis is needed', [x])
  const wrap = (values: readonly number[]): number[] => values.map((value, i) => (value < 0 ? value + x.shape[i] : value))
  const node = apply(windowOps.slice, [x], { starts: wrap(starts), ends: wrap(ends), steps: [...steps] })
  return sameShape(node.shape, x.shape) ? x : node
}

/** Elements [start, end) of one axis. */
export function sliceAxis(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
  const at = normaliseAxis('slice', axis, x.shape.length, [x])
  const set = (values: Shape, value: number): number[] => values.map((other, i) => (i === at ? value : other))
  return slice(
    x,
    set(
      x.shape.map(() => 0),
      start,
    ),
    set(x.shape, end),
    set(
      x.shape.map(() => 1),
      step,
    ),
  )
}

/** Pieces of the given sizes along an axis; the sizes must add up to it. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const at = normaliseAxis('split', axis, x.shape.length, [x])
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[at])
    shapeError('split', `sizes ${sizes.join(' + ')} do not fill axis ${at}`, [x])
  let start = 0
  return sizes.map((size) => {
    start += size
    return sliceAxis(x, at, start - size, start)
  })
}

/** Adds `before[i]` and `after[i]` elements of `value` (default 0) along axis i. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[], value = 0): Tensor {
  if (before.length === x.shape.length && [...before, ...after].every((count) => count === 0)) return x
  return apply(windowOps.pad, [x], { before: [...before], after: [...after], value })
}

/** Joins tensors along an axis. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors
  if (!first) return shapeError('concat', 'wants at least one tensor', [])
  const at = normaliseAxis('concat', axis, first.shape.length, tensors)
  return tensors.length === 1 ? first : apply(windowOps.concat, tensors, { axis: at })
}

/** Puts `steps[i] - 1` zeros between neighbours along axis i (the size becomes (size - 1) · step + 1). */
export function insertZeros(x: Tensor, steps: readonly number[]): Tensor {
  let result = x
  for (const [axis, step] of steps.entries()) {
    const size = x.shape[axis]
    if (step === 1 || size === 1) continue
    const before = result.shape.slice(0, axis)
    const after = result.shape.slice(axis + 1)
    const column = reshape(result, [...before, size, 1, ...after])
    const none = column.shape.map(() => 0)
    const padded = pad(
      column,
      none,
      none.map((_, i) => (i === axis + 1 ? step - 1 : 0)),
    )
    result = sliceAxis(reshape(padded, [...before, size * step, ...after]), axis, 0, (size - 1) * step + 1)
  }
  return result
}
