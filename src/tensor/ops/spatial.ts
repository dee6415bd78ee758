import { ShapeError } from '../shapes.ts'

/** [vertical, horizontal] */
export type Two = readonly [number, number]
/** [top, left, bottom, right] */
export type Pads = readonly [number, number, number, number]

export const two = (value: number | Two): Two => (typeof value === 'number' ? [value, value] : [value[0], value[1]])

/** One number for all sides, [vertical, horizontal], or [top, left, bottom, right]. */
export function explicitPads(pads: number | readonly number[]): Pads {
  const all = typeof pads === 'number' ? [pads, pads, pads, pads] : pads.length === 2 ? [...pads, ...pads] : pads
  if (all.length !== 4 || all.some((count) => !Number.isInteger(count) || count < 0))
    throw new ShapeError(`[${all.join(',')}] is no padding`)
  return all as unknown as Pads
}

/** Padding that keeps ⌈size / stride⌉ outputs for odd kernels: (kernel - 1) · dilation / 2 on every side. */
export function samePads(kernel: number | Two, dilation: number | Two = 1): Pads {
  const [k, d] = [two(kernel), two(dilation)]
  const total = [0, 1].map((i) => (k[i] - 1) * d[i]) as [number, number]
  const before = total.map((count) => Math.floor(count / 2)) as [number, number]
  return [before[0], before[1], total[0] - before[0], total[1] - before[1]]
}
