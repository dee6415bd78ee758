/**
 * 'same' padding along one axis: ⌈size / stride⌉ outputs. Windows of odd extent are centred, as (extent − 1) / 2 on both sides does
 * it; even ones get no more padding than they need, the odd element at the end.
 * @returns [before, after]
 */
export function samePadding(size: number, extent: number, stride: number): readonly [number, number] {
  if (extent % 2 === 1) return [(extent - 1) / 2, (extent - 1) / 2]
  const outputs = Math.ceil(size / stride)
  const total = Math.max((outputs - 1) * stride + extent - size, 0)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

/** Padding of a [height, width] input as [top, left, bottom, right]; an extent for both axes, or one each. */
export function samePadding2d(
  space: readonly number[],
  extent: number | readonly number[],
  stride: number,
): [number, number, number, number] {
  const extents = typeof extent === 'number' ? [extent, extent] : extent
  const [[top, bottom], [left, right]] = space.map((size, axis) => samePadding(size, extents[axis], stride)) as [
    readonly [number, number],
    readonly [number, number],
  ]
  return [top, left, bottom, right]
}

/** Outputs along each axis of space. */
export const strided = (space: readonly number[], stride: number): number[] => space.map((size) => Math.ceil(size / stride))
