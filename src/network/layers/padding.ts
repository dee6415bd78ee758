import { ShapeError } from '../../tensor/index.ts'

/** How a window moves along the axes of space. */
export interface Window {
  /** Values from a window's first to its last, dilation included. */
  readonly extent: number
  readonly stride: number
  /** So many values on both sides; absent: 'same' padding, with which stride s gives ⌈size / s⌉ outputs. */
  readonly padding?: number
}

/**
 * Padding along one axis, as [before, after]. 'same' windows of odd extent are centred, as (extent − 1) / 2 on both sides does it; even ones get no
 * more padding than they need, the odd element at the end. With a number, an axis that is too short for one window is padded at its end
 * until one fits: no image becomes smaller than 1×1.
 */
export function padsOf(size: number, { extent, stride, padding }: Window): readonly [number, number] {
  if (padding !== undefined) return [padding, Math.max(padding, extent - size - padding)]
  if (extent % 2 === 1) return [(extent - 1) / 2, (extent - 1) / 2]
  const outputs = Math.ceil(size / stride)
  const total = Math.max((outputs - 1) * stride + extent - size, 0)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

/** A window for both axes, or one each. */
const alongAxes = (space: readonly number[], windows: Window | readonly Window[]): readonly Window[] =>
  Array.isArray(windows) ? (windows as readonly Window[]) : space.map(() => windows as Window)

/** Padding of a [height, width] input as [top, left, bottom, right]; a window for both axes, or one each. */
export function padsOf2d(space: readonly number[], windows: Window | readonly Window[]): [number, number, number, number] {
  const along = alongAxes(space, windows)
  const [[top, bottom], [left, right]] = space.map((size, axis) => padsOf(size, along[axis])) as [
    readonly [number, number],
    readonly [number, number],
  ]
  return [top, left, bottom, right]
}

/** Outputs along each axis of space; a window for all axes, or one each. */
export function strided(space: readonly number[], windows: Window | readonly Window[]): number[] {
  const along = alongAxes(space, windows)
  return space.map((size, axis) => outputs(size, along[axis]))
}

function outputs(size: number, window: Window): number {
  const { extent, stride, padding } = window
  if (padding === undefined) return Math.ceil(size / stride)
  if (!Number.isInteger(padding) || padding < 0 || padding >= extent)
    throw new ShapeError(`padding must be a whole number from 0 to less than the window of ${extent}, got ${padding}`)
  const [before, after] = padsOf(size, window)
  return Math.floor((size + before + after - extent) / stride) + 1
}
