import type { BlockedValues } from './blocked-values.ts'
import { padEnd } from './blocked-values.ts'

/** Shape of a dense filter: [outputs, inputs, height, width]. */
export type FilterShape = readonly [number, number, number, number]

/**
 * A plain dense filter [O, C, h, w] as the blocked convolution wants it: [O / b, C / b, h, w, b (C), b (O)], in the ONNX shape
 * [O, C, h, w] with channels padded by zeros.
 */
export function blockedFilter(values: BlockedValues, filter: string, [outputs, inputs, height, width]: FilterShape): string {
  const { emit, block } = values
  const [o, c] = [values.padded(outputs), values.padded(inputs)]
  const whole = padEnd(emit, filter, [o - outputs, c - inputs, 0, 0])
  const parts = values.reshape(whole, [o / block, block, c / block, block, height, width])
  return values.reshape(emit.node('Transpose', [parts], { perm: [0, 2, 4, 5, 3, 1] }), [o, c, height, width])
}

/** For an input of fewer channels than a block, which stays plain: [O / b, C, h, w, b (O)]. */
export function narrowFilter(values: BlockedValues, filter: string, [outputs, inputs, height, width]: FilterShape): string {
  const { emit, block } = values
  const o = values.padded(outputs)
  const parts = values.reshape(padEnd(emit, filter, [o - outputs, 0, 0, 0]), [o / block, block, inputs, height, width])
  return values.reshape(emit.node('Transpose', [parts], { perm: [0, 2, 3, 4, 1] }), [o, inputs, height, width])
}

/** A depthwise filter [C, 1, h, w]: [C / b, 1, h, w, b]. */
export function depthwiseFilter(values: BlockedValues, filter: string, channels: number, height: number, width: number): string {
  const { emit, block } = values
  const c = values.padded(channels)
  const parts = values.reshape(padEnd(emit, filter, [c - channels, 0, 0, 0]), [c / block, block, height * width])
  return values.reshape(emit.node('Transpose', [parts], { perm: [0, 2, 1] }), [c, 1, height, width])
}

/** A filter [A, B, h, w] turned by 180°, and its first two dimensions swapped on demand. */
export function flipped(values: BlockedValues, filter: string, [, , height, width]: FilterShape): string {
  if (height === 1 && width === 1) return filter
  const { emit } = values
  const last = [-1, -1]
  return emit.node('Slice', [filter, emit.ints(last), emit.ints([-height - 1, -width - 1]), emit.ints([2, 3]), emit.ints(last)])
}

/** A vector [C] padded with zeros to whole blocks. */
export const paddedVector = (values: BlockedValues, vector: string, channels: number): string =>
  padEnd(values.emit, vector, [values.padded(channels) - channels])
