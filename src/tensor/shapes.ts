import type { DataType, Shape, TensorType } from './tensor.ts'

/** Shapes or types that do not fit an op: a mistake in the program that built the graph. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

/** `float32[64,3,32,32]` */
export const printType = (type: TensorType): string => `${type.dtype}[${type.shape.join(',')}]`

/** Throws a ShapeError that names the op, what is wrong, and the inputs' types. */
export function shapeError(op: string, problem: string, inputs: readonly TensorType[]): never {
  throw new ShapeError(`${op}: ${problem} (inputs: ${inputs.map(printType).join(', ')})`)
}

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dimension, i) => dimension === b[i])

/** The shape that two shapes broadcast to (NumPy's rule), or undefined when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let i = 0; i < rank; i++) {
    const p = a[a.length - rank + i] ?? 1
    const q = b[b.length - rank + i] ?? 1
    if (p !== q && p !== 1 && q !== 1) return undefined
    shape.push(p === 1 ? q : p)
  }
  return shape
}

/** Checks that every input has `dtype`. */
export function expectType(op: string, dtype: DataType, inputs: readonly TensorType[]): void {
  if (inputs.some((input) => input.dtype !== dtype)) shapeError(op, `inputs must be ${dtype}`, inputs)
}

/** An axis counted from the start; negative axes count from the end. */
export function normaliseAxis(op: string, axis: number, rank: number, inputs: readonly TensorType[]): number {
  const positive = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) shapeError(op, `axis ${axis} is outside a rank of ${rank}`, inputs)
  return positive
}

/** Sorted distinct axes; undefined means all. */
export function normaliseAxes(op: string, axes: readonly number[] | undefined, input: TensorType): number[] {
  const rank = input.shape.length
  if (axes === undefined) return input.shape.map((_, i) => i)
  const positive = axes.map((axis) => normaliseAxis(op, axis, rank, [input]))
  return [...new Set(positive)].sort((a, b) => a - b)
}
