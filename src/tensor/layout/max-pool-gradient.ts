import type { PoolAttributes } from '../ops/pooling.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitConv } from './conv.ts'

/** Max pooling along one axis of images: 0 for rows, 1 for columns. */
interface Line {
  readonly axis: 0 | 1
  readonly kernel: number
  readonly stride: number
  readonly before: number
  readonly after: number
  readonly size: number
  readonly outputs: number
}

/** A blocked value with its shape [N, C, H, W]. */
interface Image {
  readonly name: string
  readonly shape: readonly number[]
}

/**
 * Gradient of max pooling with any windows, first along the columns of windows, then along the rows: the first largest element of a window is in the
 * first of its rows that holds the largest value. Elements are picked and put back by depthwise convolutions with one 1, for these move
 * blocked data fastest.
 */
export function emitMaxPoolGradient(node: Tensor, values: BlockedValues): string | undefined {
  const { kernel, strides, pads } = node.attributes as unknown as PoolAttributes
  const [x, y, dy] = node.inputs as [Tensor, Tensor, Tensor]
  // Elements that no window reads would need zeros of their own.
  if (!values.has(x) || kernel.some((size, i) => size < strides[i])) return undefined
  const [batch, channels] = x.shape
  const [rows, columns] = ([0, 1] as const).map(
    (axis): Line => ({
      axis,
      kernel: kernel[axis],
      stride: strides[axis],
      before: pads[axis],
      after: pads[axis + 2],
      size: x.shape[axis + 2],
      outputs: y.shape[axis + 2],
    }),
  ) as [Line, Line]
  const image: Image = { name: values.of(x), shape: x.shape }
  const window = { kernel_shape: [1, columns.kernel], strides: [1, columns.stride], pads: [0, columns.before, 0, columns.after] }
  const wide = values.node('MaxPool', [image.name], { ...window, dilations: [1, 1] })
  const half: Image = { name: wide, shape: [batch, channels, rows.size, columns.outputs] }
  const inRows = emitLine(values, half, { name: values.of(y), shape: y.shape }, values.of(dy), rows)
  return emitLine(values, image, half, inRows, columns)
}

/** Gradient along one axis. */
function emitLine(values: BlockedValues, image: Image, pooled: Image, upstream: string, line: Line): string {
  const { kernel, stride, before } = line
  if (kernel === 1 && stride === 1) return upstream
  const parts = placesOf(values, image, pooled, upstream, line)
  const length = Math.ceil(line.size / stride)
  const shape = image.shape.with(2 + line.axis, length)
  // Elements stride · m + residue of the image; each place of the windows gives one residue, shifted by whole windows.
  const residues = Array.from({ length: stride }, (_, residue) => {
    let sum: string | undefined
    for (const [place, part] of parts.entries()) {
      const shift = (place - before - residue) / stride
      if (Number.isInteger(shift)) sum = shifted(values, { name: part, shape: pooled.shape }, line.axis, shift, length, sum)
    }
    return sum as string
  })
  return interleave(values, residues, shape, line)
}

/** The upstream gradient of each window where its first largest element is at a place, else 0; one for each place. */
function placesOf(values: BlockedValues, image: Image, pooled: Image, upstream: string, line: Line): string[] {
  const { kernel, stride, before, after, axis, size, outputs } = line
  const { emit } = values
  const negative = emit.node('Neg', [pooled.name])
  const all = values.padded(image.shape[1])
  const parts: string[] = []
  let left = upstream
  for (let place = 0; place < kernel - 1; place++) {
    const window = {
      kernel_shape: along(axis, kernel),
      strides: along(axis, stride),
      pads: axis === 0 ? [before, 0, after, 0] : [0, before, 0, after],
      dilations: [1, 1],
      group: all,
    }
    const filter = oneHot(values, all, along(axis, kernel), place)
    const difference = emitConv(values, image.name, filter, window, undefined, { sum: negative })
    const largest = emit.node('HardSigmoid', [difference], { alpha: { float: 1e30 }, beta: { float: 1 } })
    const inside = Array.from({ length: outputs }, (_, i) => i * stride - before + place).map((at) => at >= 0 && at < size)
    const mask = inside.every(Boolean) ? largest : masked(values, { name: largest, shape: pooled.shape }, axis, inside)
    const part = emit.node('Mul', [left, mask])
    left = emit.node('Sub', [left, part])
    parts.push(part)
  }
  return [...parts, left]
}

/** Zeros where a place is in the padding, whose zeros may be larger than the largest element. */
function masked(values: BlockedValues, { name, shape }: Image, axis: 0 | 1, inside: readonly boolean[]): string {
  const { emit, block } = values
  const [, , height, width] = shape
  const kept = Float32Array.from({ length: height * width * block }, (_, i) => {
    const position = Math.floor(i / block)
    return inside[axis === 0 ? Math.floor(position / width) : position % width] ? 1 : 0
  })
  return values.join(emit.node('Mul', [values.split(name, shape), emit.floats(kept, [height, width, block])]), shape)
}

/** So many positions along an axis, the values moved by `shift`, zeros where none comes to; added to `sum`. */
function shifted(
  values: BlockedValues,
  { name, shape }: Image,
  axis: 0 | 1,
  shift: number,
  length: number,
  sum: string | undefined,
): string {
  const rest = length - shape[2 + axis] - shift
  const [drop, cut] = [Math.max(-shift, 0), Math.max(-rest, 0)]
  const [front, back] = [Math.max(shift, 0), Math.max(rest, 0)]
  const size = drop + 1 + cut
  if (size === 1 && front + back === 0) return sum === undefined ? name : values.emit.node('Add', [sum, name])
  const all = values.padded(shape[1])
  const pads = axis === 0 ? [front, 0, back, 0] : [0, front, 0, back]
  const window = { kernel_shape: along(axis, size), strides: [1, 1], pads, dilations: [1, 1], group: all }
  return emitConv(values, name, oneHot(values, all, along(axis, size), drop), window, undefined, { sum })
}

/** Elements of the residues by turns along the axis, as many as the image has. */
function interleave(values: BlockedValues, residues: readonly string[], shape: readonly number[], { axis, stride, size }: Line): string {
  if (stride === 1) return residues[0]
  const [batch, channels, height, width] = shape as [number, number, number, number]
  const length = (axis === 0 ? width : 1) * values.block
  const runs = (batch * values.padded(channels) * height * width) / length
  const cells = residues.map((residue) => values.reshape(residue, [runs, 1, length]))
  const reached = shape[2 + axis] * stride
  const whole = shape.with(2 + axis, reached)
  const joined = values.join(values.emit.node('Concat', cells, { axis: 1 }), whole)
  if (reached === size) return joined
  return values.join(values.cut(values.split(joined, whole), 2 + axis, size, reached), shape.with(2 + axis, size))
}

const along = (axis: 0 | 1, size: number): [number, number] => (axis === 0 ? [size, 1] : [1, size])

/** A depthwise filter that takes one element of its window. */
function oneHot({ emit, block }: BlockedValues, channels: number, window: readonly [number, number], at: number): string {
  const area = window[0] * window[1]
  const filter = Float32Array.from({ length: channels * area }, (_, i) => (Math.floor(i / block) % area === at ? 1 : 0))
  return emit.floats(filter, [channels, 1, ...window])
}
