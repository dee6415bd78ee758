import { sizeOf } from '../tensor/index.ts'

/** A tensor's values, or those of a part of it. */
export interface Part {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Where a smaller tensor lies in a larger one along an axis: kernels in the centre, all else at the beginning. */
const startOf = (axis: number, large: number, small: number): number => (axis < 2 ? 0 : Math.floor((large - small) / 2))

/**
 * Copies the part of `large` that a tensor of the shape of `small` stands for, to (`take`) or from (`put`) `small`: the leading channels and the centre
 * of the kernel.
 */
export function copyPart(large: Part, small: Part, direction: 'take' | 'put'): void {
  const rank = small.shape.length
  // From this axis on both lie alike, so that a row can be copied at once.
  let row = rank
  while (row > 0 && small.shape[row - 1] === large.shape[row - 1]) row--
  const inner = Math.max(0, row - 1)
  const smallRow = sizeOf(small.shape.slice(inner))
  const largeRow = sizeOf(large.shape.slice(inner))
  const offset = rank === 0 || row === 0 ? 0 : startOf(inner, large.shape[inner], small.shape[inner]) * sizeOf(large.shape.slice(inner + 1))
  const copy = (from: number, to: number): void => {
    const there = large.data.subarray(from + offset, from + offset + smallRow)
    const here = small.data.subarray(to, to + smallRow)
    if (direction === 'take') here.set(there)
    else there.set(here)
  }
  const step = (axis: number, from: number, to: number): void => {
    if (axis === inner) return copy(from * largeRow, to * smallRow)
    const start = startOf(axis, large.shape[axis], small.shape[axis])
    for (let i = 0; i < small.shape[axis]; i++) step(axis + 1, from * large.shape[axis] + start + i, to * small.shape[axis] + i)
  }
  step(0, 0, 0)
}

/** Whether a tensor has room for one of another shape. */
export const fits = (large: readonly number[], small: readonly number[]): boolean => small.every((size, axis) => size <= large[axis])
