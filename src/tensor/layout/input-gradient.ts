import type { InputGradientAttributes } from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitConv, isBlockable, isDepthwise } from './conv.ts'
import { depthwiseFilter, type FilterShape, gradientFilter, turnedTaps } from './filters.ts'
import type { After } from './rule.ts'

/** One axis of an input gradient. */
interface Axis {
  readonly input: number
  readonly output: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly pad: number
}

/**
 * The input gradient of a convolution is a convolution of the output gradient with the filter turned round. Strides put zeros between
 * the output gradient's elements, or, for dense filters, each residue of the input's positions is an output channel of its own.
 */
export function emitInputGradient(node: Tensor, values: BlockedValues, after: After = {}): string | undefined {
  const { strides, pads, dilations, groups, inputShape } = node.attributes as InputGradientAttributes
  const [dy, w] = node.inputs as [Tensor, Tensor]
  const axes = [0, 1].map((i) => ({
    input: inputShape[i],
    output: dy.shape[i + 2],
    kernel: w.shape[i + 2],
    stride: strides[i],
    dilation: dilations[i],
    pad: pads[i],
  })) as [Axis, Axis]
  const depthwise = isDepthwise(groups, w)
  if (!depthwise && (groups !== 1 || !isBlockable(values, 1, [w.shape[1], w.shape[0]]))) return undefined
  if (axes.some(({ stride }) => stride > 1)) {
    // Where the result is put together from parts, nothing can be done in the pass that makes it.
    const isPointwise = axes.every(({ kernel, pad }) => kernel === 1 && pad === 0)
    if (isPointwise || !depthwise) {
      if (after.sum !== undefined || after.relu) return undefined
      const assembled = isPointwise ? pointwise(node, values, axes) : residues(node, values, axes)
      if (assembled !== undefined) return assembled
    }
  }
  return turned(node, values, axes, after)
}

/** The filter of the turned convolution: [C, O / groups, h, w] on blocks. */
function turnedFilter(values: BlockedValues, w: Tensor, depthwise: boolean): string {
  const shape = w.shape as unknown as FilterShape
  const [, , height, width] = shape
  return depthwise
    ? depthwiseFilter(values, values.plain(w), shape, true)
    : gradientFilter(values, values.plain(w), shape, [turnedTaps(height, width)], [height, width])
}

/** A convolution of the output gradient, with zeros between its elements where there are strides. */
function turned(node: Tensor, values: BlockedValues, axes: readonly [Axis, Axis], after: After): string | undefined {
  const [dy, w] = node.inputs as [Tensor, Tensor]
  const before = axes.map(({ kernel, dilation, pad }) => (kernel - 1) * dilation - pad)
  // The zeros behind the last element are padding that is there already, as far as padding is wanted.
  const sizes = axes.map(({ input, output, kernel, stride, dilation }, i) =>
    Math.min(output * stride, input + (kernel - 1) * dilation - before[i]),
  )
  const behind = axes.map(({ input, kernel, dilation }, i) => input + (kernel - 1) * dilation - sizes[i] - before[i])
  const cutsElements = axes.some(({ output, stride }, i) => sizes[i] < (output - 1) * stride + 1)
  if (cutsElements || before.some((count) => count < 0)) return undefined
  const depthwise = isDepthwise(w.shape[0], w) && dy.shape[1] === node.shape[1]
  const gradient = insertZeros(values, values.of(dy), dy.shape, axes, sizes)
  const window = {
    kernel_shape: axes.map(({ kernel }) => kernel),
    strides: [1, 1],
    pads: [...before, ...behind],
    dilations: axes.map(({ dilation }) => dilation),
    group: depthwise ? values.padded(w.shape[0]) : 1,
  }
  return emitConv(values, gradient, turnedFilter(values, w, depthwise), window, undefined, after)
}

/** A 1×1 kernel with strides: only the positions that it saw have a gradient. */
function pointwise(node: Tensor, values: BlockedValues, axes: readonly [Axis, Axis]): string {
  const [dy, w] = node.inputs as [Tensor, Tensor]
  const depthwise = isDepthwise(w.shape[0], w) && dy.shape[1] === node.shape[1]
  const window = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] }
  const group = depthwise ? values.padded(w.shape[0]) : 1
  const small = emitConv(values, values.of(dy), turnedFilter(values, w, depthwise), { ...window, group }, undefined, {})
  const shape = [node.shape[0], node.shape[1], ...dy.shape.slice(2)]
  return insertZeros(
    values,
    small,
    shape,
    axes,
    axes.map(({ input }) => input),
  )
}

/** Puts stride - 1 zeros behind each element of both axes and cuts or fills with zeros to `sizes`. */
function insertZeros(
  values: BlockedValues,
  name: string,
  shape: readonly number[],
  axes: readonly [Axis, Axis],
  sizes: readonly number[],
): string {
  if (axes.every(({ stride }) => stride === 1)) return name
  const { emit, block } = values
  const [batch, channels] = shape
  const rows = (batch * values.padded(channels)) / block
  const [height, width] = axes.map(({ output, stride }) => output * stride)
  const cells = values.reshape(name, [rows, axes[0].output, 1, axes[1].output, 1, block])
  const pads = [0, 0, 0, 0, 0, 0, 0, 0, axes[0].stride - 1, 0, axes[1].stride - 1, 0]
  const image = values.reshape(emit.node('Pad', [cells, emit.ints(pads)]), [rows, height, width, block])
  const missing = [sizes[0] - height, sizes[1] - width]
  const whole = missing.every((count) => count === 0) ? image : emit.node('Pad', [image, emit.ints([0, 0, 0, 0, 0, ...missing, 0])])
  return values.join(whole, [batch, channels, ...sizes])
}

/**
 * For the input's positions h = stride · u + a, the output gradient's elements that matter lie around u, whatever a is. So one dense
 * convolution with a smaller kernel gives all residues a (of rows and of columns) as blocks of output channels, which are then
 * put in their places. Of a 3×3 kernel with stride 2 it multiplies 16 times instead of 36, of which 9 are needed.
 */
function residues(node: Tensor, values: BlockedValues, axes: readonly [Axis, Axis]): string | undefined {
  if (axes.some(({ dilation }) => dilation !== 1)) return undefined
  const [dy, w] = node.inputs as [Tensor, Tensor]
  const { emit, block } = values
  const plans = axes.map(residuePlan) as [ResiduePlan, ResiduePlan]
  if (plans.some(({ before, behind }) => before < 0 || behind < 0)) return undefined
  const [rows, columns] = plans
  const kernels = rows.taps.flatMap((r) =>
    columns.taps.map((c) => r.flatMap((i) => c.map((j) => (i === undefined || j === undefined ? undefined : i * axes[1].kernel + j)))),
  )
  const filter = gradientFilter(values, values.plain(w), w.shape as unknown as FilterShape, kernels, [rows.size, columns.size])
  const window = {
    kernel_shape: [rows.size, columns.size],
    strides: [1, 1],
    pads: [rows.before, columns.before, rows.behind, columns.behind],
    dilations: [1, 1],
    group: 1,
  }
  const all = emitConv(values, values.of(dy), filter, window, undefined, {})
  const [batch] = dy.shape
  const c = values.padded(w.shape[1])
  const places = values.reshape(all, [batch, axes[0].stride, axes[1].stride, c / block, rows.cells, columns.cells, block])
  const image = emit.node('Transpose', [places], { perm: [0, 3, 4, 1, 5, 2, 6] })
  const [height, width] = [rows.cells * axes[0].stride, columns.cells * axes[1].stride]
  const flat = values.reshape(image, [(batch * c) / block, height, width, block])
  const excess = [axes[0].input - height, axes[1].input - width]
  const cut = excess.every((count) => count === 0) ? flat : emit.node('Pad', [flat, emit.ints([0, 0, 0, 0, 0, ...excess, 0])])
  return values.join(cut, node.shape)
}

/** How one axis goes by residues. */
interface ResiduePlan {
  /** For each residue, the filter's tap for each place of the smaller kernel, or undefined where it has none. */
  readonly taps: readonly (readonly (number | undefined)[])[]
  /** Length of the smaller kernel. */
  readonly size: number
  /** Positions of each residue. */
  readonly cells: number
  readonly before: number
  readonly behind: number
}

/** Tap i reaches input position stride · u + a from output u + (a + pad - i) / stride, when that is whole. */
function residuePlan({ input, output, kernel, stride, pad }: Axis): ResiduePlan {
  const reach = Array.from({ length: stride }, (_, a) =>
    Array.from({ length: kernel }, (_, i) => (a + pad - i) / stride).map((offset) => (Number.isInteger(offset) ? offset : undefined)),
  )
  const offsets = reach.flat().filter((offset) => offset !== undefined)
  const first = Math.min(...offsets)
  const size = Math.max(...offsets) - first + 1
  const cells = Math.ceil(input / stride)
  const before = -first
  const taps = reach.map((row) =>
    Array.from({ length: size }, (_, t) => {
      const tap = row.indexOf(t + first)
      return tap < 0 ? undefined : tap
    }),
  )
  return { taps, size, cells, before, behind: cells + size - 1 - output - before }
}
