import type { Emitter } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { PoolAttributes } from './pooling.ts'

/** Where a window's elements lie, and the name of the mask that picks, for each window, its first largest element there. */
interface Place {
  readonly row: number
  readonly column: number
  readonly mask: string
}

const lowest = -3.4e38

/** x with its padding filled in, so that every window is whole. */
function padded(node: Tensor<PoolAttributes>, x: string, fill: number, emit: Emitter): string {
  const [top, left, bottom, right] = node.attributes.pads
  if (top + left + bottom + right === 0) return x
  return emit.node('Pad', [x, emit.ints([0, 0, top, left, 0, 0, bottom, right]), emit.floats([fill], [])])
}

/** The elements at one place of every window. */
function elements(
  image: string,
  row: number,
  column: number,
  pooled: readonly number[],
  strides: readonly number[],
  emit: Emitter,
): string {
  const ends = [row + (pooled[2] - 1) * strides[0] + 1, column + (pooled[3] - 1) * strides[1] + 1]
  return emit.node('Slice', [image, emit.ints([row, column]), emit.ints(ends), emit.ints([2, 3]), emit.ints(strides)])
}

/** Masks over the windows, one a place in the window; exactly one of them is 1 for each window. */
function places(node: Tensor<PoolAttributes>, x: string, y: string, emit: Emitter): Place[] {
  const { kernel, strides } = node.attributes
  const pooled = node.inputs[1].shape
  const image = padded(node, x, lowest, emit)
  const found: Place[] = []
  let free: string | undefined
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const difference = emit.node('Sub', [elements(image, row, column, pooled, strides, emit), y])
      const largest = emit.node('HardSigmoid', [difference], { alpha: { float: 1e30 }, beta: { float: 1 } })
      const mask = free === undefined ? largest : emit.node('Mul', [largest, free])
      free = free === undefined ? emit.node('Sub', [emit.floats([1], []), largest]) : emit.node('Sub', [free, mask])
      found.push({ row, column, mask })
    }
  }
  return found
}

/** Puts values of windows at one place of every window of an otherwise zero image (padding included). */
function spread(values: string, pooled: readonly number[], strides: readonly number[], emit: Emitter): string {
  const [batch, channels, height, width] = pooled as [number, number, number, number]
  const [down, right] = strides as [number, number]
  let result = values
  if (right > 1) {
    const column = emit.node('Reshape', [result, emit.ints([batch, channels, height, width, 1])])
    const pads = emit.ints([0, 0, 0, 0, 0, 0, 0, 0, 0, right - 1])
    result = emit.node('Reshape', [emit.node('Pad', [column, pads]), emit.ints([batch, channels, height, width * right])])
  }
  if (down > 1) {
    const row = emit.node('Reshape', [result, emit.ints([batch, channels, height, 1, width * right])])
    const pads = emit.ints([0, 0, 0, 0, 0, 0, 0, 0, down - 1, 0])
    result = emit.node('Reshape', [emit.node('Pad', [row, pads]), emit.ints([batch, channels, height * down, width * right])])
  }
  return result
}

/** Windows that do not overlap: their values side by side, without sums. */
function tile(node: Tensor<PoolAttributes>, parts: readonly Place[], dy: string, emit: Emitter): string {
  const [batch, channels, height, width] = node.inputs[1].shape as [number, number, number, number]
  const [rows, columns] = node.attributes.kernel
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = parts
      .filter((part) => part.row === row)
      .map(({ mask }) => emit.node('Reshape', [emit.node('Mul', [mask, dy]), emit.ints([batch, channels, height, width, 1])]))
    return emit.node('Reshape', [emit.node('Concat', cells, { axis: 4 }), emit.ints([batch, channels, height, 1, width * columns])])
  })
  return emit.node('Reshape', [emit.node('Concat', lines, { axis: 3 }), emit.ints([batch, channels, height * rows, width * columns])])
}

export function lowerMaxPoolGradient(node: Tensor<PoolAttributes>, [x, y, dy]: readonly string[], emit: Emitter): string {
  const { kernel, strides, pads } = node.attributes
  const pooled = node.inputs[1].shape
  const parts = places(node, x, y, emit)
  const [top, left] = pads
  const disjoint = kernel.every((size, i) => size === strides[i])
  const covered = [0, 1].map((i) => (disjoint ? pooled[i + 2] * kernel[i] : pooled[i + 2] * strides[i] + kernel[i] - 1))
  const image = disjoint
    ? tile(node, parts, dy, emit)
    : parts
        .map(({ row, column, mask }) => {
          const values = spread(emit.node('Mul', [mask, dy]), pooled, strides, emit)
          return emit.node('Pad', [values, emit.ints([0, 0, row, column, 0, 0, kernel[0] - 1 - row, kernel[1] - 1 - column])])
        })
        .reduce((sum, part) => emit.node('Add', [sum, part]))
  return fit(image, covered, [top, left], node.shape.slice(2), emit)
}

/** Cuts an image to [offset, offset + size), filling with zeros what it does not reach. */
function fit(image: string, have: readonly number[], offset: readonly number[], size: readonly number[], emit: Emitter): string {
  const missing = size.map((wanted, i) => Math.max(offset[i] + wanted - have[i], 0))
  const whole = missing.some((count) => count > 0) ? emit.node('Pad', [image, emit.ints([0, 0, 0, 0, 0, 0, ...missing])]) : image
  if (size.every((wanted, i) => offset[i] === 0 && have[i] + missing[i] === wanted)) return whole
  return emit.node('Slice', [whole, emit.ints(offset), emit.ints(size.map((wanted, i) => offset[i] + wanted)), emit.ints([2, 3])])
}

export function lowerMaxPoolSelect(node: Tensor<PoolAttributes>, [x, y, u]: readonly string[], emit: Emitter): string {
  const image = padded(node, u, 0, emit)
  return places(node, x, y, emit)
    .map(({ row, column, mask }) => emit.node('Mul', [mask, elements(image, row, column, node.shape, node.attributes.strides, emit)]))
    .reduce((sum, part) => emit.node('Add', [sum, part]))
}
