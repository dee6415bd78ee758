import type { BlockedValues } from './blocked-values.ts'
import { padEnd } from './blocked-values.ts'

/**
 * Filters in the order that the blocked convolution reads. ONNX Runtime turns two neighbouring axes round, and gathers rows of a block of
 * numbers, many times as fast as it does a general permutation; so each filter is one turn that brings a block's numbers side by
 * side, and one gathering of rows.
 */

/** Shape of a dense filter: [outputs, inputs, height, width]. */
export type FilterShape = readonly [number, number, number, number]

/**
 * A plain dense filter [O, C, h, w] as the blocked convolution wants it: [O / b, C / b, h, w, b (C), b (O)], in the ONNX shape
 * [O, C, h, w] with channels padded by zeros.
 */
export function blockedFilter(values: BlockedValues, filter: string, [outputs, inputs, height, width]: FilterShape): string {
  const { emit, block } = values
  const [o, c, area] = [values.padded(outputs), values.padded(inputs), height * width]
  const whole = padEnd(emit, filter, [o - outputs, c - inputs, 0, 0])
  const rows = emit.node('Transpose', [values.reshape(whole, [o / block, block, c * area])], { perm: [0, 2, 1] })
  const order = values.indices(`filter ${c} ${area}`, () =>
    range(c / block).flatMap((blockOfInputs) =>
      range(area).flatMap((tap) => range(block).map((input) => (blockOfInputs * block + input) * area + tap)),
    ),
  )
  const ordered = area === 1 ? rows : emit.node('Gather', [rows, order], { axis: 1 })
  return values.reshape(ordered, [o, c, height, width])
}

/** For an input of fewer channels than a block, which stays plain: [O / b, C, h, w, b (O)]. */
export function narrowFilter(values: BlockedValues, filter: string, [outputs, inputs, height, width]: FilterShape): string {
  const { emit, block } = values
  const o = values.padded(outputs)
  const parts = values.reshape(padEnd(emit, filter, [o - outputs, 0, 0, 0]), [o / block, block, inputs * height * width])
  return values.reshape(emit.node('Transpose', [parts], { perm: [0, 2, 1] }), [o, inputs, height, width])
}

/** A depthwise filter [C, 1, h, w]: [C / b, 1, h, w, b]; `turned`: by 180°. */
export function depthwiseFilter(values: BlockedValues, filter: string, [channels, , height, width]: FilterShape, turned = false): string {
  const { emit, block } = values
  const [c, area] = [values.padded(channels), height * width]
  const parts = values.reshape(padEnd(emit, filter, [c - channels, 0, 0, 0]), [c / block, block, area])
  const rows = emit.node('Transpose', [parts], { perm: [0, 2, 1] })
  return values.reshape(turned ? values.reverse(rows, [c / block, area, block], 1) : rows, [c, 1, height, width])
}

/** For a tap of a small kernel, the tap of the filter that it takes; undefined: none, it is 0. */
export type Taps = readonly (number | undefined)[]

/**
 * The filter of an input gradient, from a plain filter [O, C, h, w]: inputs and outputs change places, and each entry of `kernels` makes
 * C output channels with the taps it names: [kernel, C / b, O / b, tap, b (O), b (C)].
 */
export function gradientFilter(
  values: BlockedValues,
  filter: string,
  [outputs, inputs, height, width]: FilterShape,
  kernels: readonly Taps[],
  [rows, columns]: readonly [number, number],
): string {
  const { emit, block } = values
  const [o, c, area] = [values.padded(outputs), values.padded(inputs), height * width]
  const whole = padEnd(emit, filter, [o - outputs, c - inputs, 0, 0])
  const byTap = area === 1 ? whole : emit.node('Transpose', [values.reshape(whole, [o, c, area])], { perm: [0, 2, 1] })
  const blocks = c / block
  const count = o * area * blocks
  const lines = values.reshape(byTap, [count, block])
  const hasGaps = kernels.some((taps) => taps.includes(undefined))
  const order = values.indices(`gradient ${o} ${c} ${area} ${kernels.map((taps) => taps.join()).join(' ')}`, () => {
    const lineOf = (output: number, tap: number | undefined, inputs: number): number =>
      tap === undefined ? count : (output * area + tap) * blocks + inputs
    const all: number[] = []
    // Plain loops: these are tens of thousands of numbers in every compilation.
    for (const taps of kernels)
      for (let inputs = 0; inputs < blocks; inputs++)
        for (let outputs = 0; outputs < o; outputs += block)
          for (const tap of taps) for (let output = outputs; output < outputs + block; output++) all.push(lineOf(output, tap, inputs))
    return all
  })
  // The line behind the last holds the zeros of taps that are not there.
  const gathered = emit.node('Gather', [hasGaps ? padEnd(emit, lines, [1, 0]) : lines, order], { axis: 0 })
  return values.reshape(gathered, [kernels.length * c, o, rows, columns])
}

/** The taps of a kernel turned by 180°. */
export const turnedTaps = (height: number, width: number): Taps => range(height * width).toReversed()

/** A vector [C] padded with zeros to whole blocks. */
export const paddedVector = (values: BlockedValues, vector: string, channels: number): string =>
  padEnd(values.emit, vector, [values.padded(channels) - channels])

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
