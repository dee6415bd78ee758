import type { WeightGradientAttributes } from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { isDepthwise } from './conv.ts'

/** One axis of a sweep: how the output gradient, or what stands for it, goes over the input. */
interface Axis {
  /** Size of what is swept over, and of what sweeps. */
  readonly input: number
  readonly output: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  /** Padding behind the input so that the sweep gives (kernel - 1) · dilation + 1 positions; negative: the input's end is never seen. */
  readonly behind: number
}

type Axes = readonly [Axis, Axis]

/** The weight gradient of a dense or depthwise convolution, plain, from blocked values; undefined for other groups. */
export function emitWeightGradient(node: Tensor, values: BlockedValues): string | undefined {
  const { strides, pads, dilations, groups, kernel } = node.attributes as WeightGradientAttributes
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const axes = [0, 1].map((i) =>
    axisOf({
      input: x.shape[i + 2],
      output: dy.shape[i + 2],
      kernel: kernel[i],
      stride: strides[i],
      dilation: dilations[i],
      before: pads[i],
    }),
  ) as unknown as Axes
  if (isDepthwise(groups, node)) return depthwise(node, values, axes)
  if (groups !== 1 || dy.shape[1] * 2 < values.block) return undefined
  return dense(node, values, axes)
}

function axisOf(axis: Omit<Axis, 'behind'>): Axis {
  const { input, output, kernel, stride, dilation, before } = axis
  return { ...axis, behind: (output - 1) * stride + (kernel - 1) * dilation + 1 - before - input }
}

function dense(node: Tensor, values: BlockedValues, axes: Axes): string {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const [outputs, channels, height, width] = node.shape as [number, number, number, number]
  // The side with more channels had better be the filter: the more blocks of filters, the more is done with each number that is read.
  const turned = axes.map(({ input, output, kernel, stride, dilation, before }) =>
    axisOf({ input: output, output: input, kernel, stride, dilation, before: (kernel - 1) * dilation - before }),
  ) as unknown as Axes
  const canTurn =
    values.has(x) && axes.every(({ stride }) => stride === 1) && turned.every(({ before, behind }) => before >= 0 && behind >= 0)
  if (canTurn && values.padded(channels) > values.padded(outputs)) {
    const taps = sweep(dy, x, values, turned)
    const backwards = values.reverse(taps, [values.padded(channels) / values.block, height * width, outputs * values.block], 1)
    const { emit } = values
    const byInput = values.turn(backwards, [values.padded(channels) / values.block, height * width * outputs, values.block])
    const filter = emit.node('Transpose', [values.reshape(byInput, [values.padded(channels) * height * width, outputs])], { perm: [1, 0] })
    return values.cut(values.reshape(filter, [outputs, values.padded(channels), height, width]), 1, channels, values.padded(channels))
  }
  const all = values.padded(outputs)
  const taps = sweep(x, dy, values, axes)
  const byOutput = values.turn(taps, [all / values.block, height * width * channels, values.block])
  const filter = values.reshape(values.turn(byOutput, [all, height * width, channels]), [all, channels, height, width])
  return values.cut(filter, 0, outputs, all)
}

/**
 * Sums a[n, c, h · stride + i · dilation - before] · f[n, o, h] over images n and positions h: [O / b, kernel row, kernel column, C, b].
 *
 * It is one grouped convolution, and f is not moved at all: blocked f [N, O, h, w] lies exactly as the filters of a convolution with N
 * groups of one input channel and a kernel as large as the image. The other tensor goes channels-last and unfolded, [1, N, H, W · C]: a group an
 * image, dilated by the stride in rows and by stride · C in columns; so the sweep stops at (kernel row, kernel column · channel). What it gives,
 * [N, O / b, kernel row, kernel column · C, b], is summed over the images.
 */
function sweep(a: Tensor, f: Tensor, values: BlockedValues, [rows, columns]: Axes): string {
  const { emit, block } = values
  const [images, channels] = a.shape as [number, number]
  const outputs = values.padded(f.shape[1])
  // The operator wants channels, here images, in whole blocks or fewer than a block.
  const batch = images < block ? images : values.padded(images)
  const lastRow = Math.min(rows.behind, 0)
  const width = columns.before + columns.input + columns.behind
  const image = paddedChannelsLast(a, values, [batch - images, lastRow, columns.before, columns.behind])
  const area = rows.kernel * columns.kernel
  const perGroup = imagesPerGroup(batch, outputs, values, area * channels > rows.output * columns.output)
  const groups = batch / perGroup
  const window = {
    kernel_shape: [rows.output, columns.output],
    strides: [rows.dilation, 1],
    dilations: [rows.stride, columns.stride * channels],
    pads: [rows.before, 0, Math.max(rows.behind, 0), 0],
    group: groups,
  }
  const filters = groupedFilter(f, values, batch, perGroup)
  const swept = values.node('Conv', [values.reshape(image, [1, batch, rows.input + lastRow, width * channels]), filters], window)
  const span = (columns.kernel - 1) * columns.dilation + 1
  const size = outputs * rows.kernel * span * channels
  const summed = groups === 1 ? swept : emit.node('ReduceSum', [values.reshape(swept, [groups, size]), emit.ints([0])], { keepdims: 0 })
  if (columns.dilation === 1) return summed
  const all = values.reshape(summed, [outputs / block, rows.kernel, span, channels * block])
  return emit.node('Slice', [all, emit.ints([0]), emit.ints([span]), emit.ints([2]), emit.ints([columns.dilation])])
}

/**
 * Images that a group holds as input channels: the more, the less there is to sum up; but with several blocks of filters they must be brought
 * together, which only pays when the sums are larger than the images. A channel less than a block keeps the operator's kernel narrow.
 */
function imagesPerGroup(batch: number, outputs: number, { block }: BlockedValues, sumsAreLarge: boolean): number {
  if (outputs > block && !sumsAreLarge) return 1
  let count = Math.min(batch, block - 1)
  while (batch % count !== 0) count--
  return count
}

/** x as [N, H, W, C], with images of zeros behind the last, rows cut off at the end, and zeros before and behind its columns. */
function paddedChannelsLast(
  x: Tensor,
  values: BlockedValues,
  [images, rows, before, behind]: readonly [number, number, number, number],
): string {
  const { emit, block } = values
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  if ([images, rows, before, behind].every((count) => count === 0)) return values.channelsLast(x)
  const isSimple = images === 0 && rows === 0 && behind >= 0 && values.has(x)
  if (!isSimple) return emit.node('Pad', [values.channelsLast(x), emit.ints([0, 0, before, 0, images, rows, behind, 0])])
  const wide = values.surround(values.of(x), x.shape, [0, before, 0, behind])
  if (channels === block) return values.reshape(wide, [batch, height, before + width + behind, channels])
  return values.node('ReorderOutput', [wide], { channels, channels_last: 1 })
}

/** Blocked f as the groups' filters, [group, O / b, image, h, w, b]: where O is one block, or a group one image, it lies like that already. */
function groupedFilter(f: Tensor, values: BlockedValues, batch: number, perGroup: number): string {
  const { emit, block } = values
  const [images, channels, height, width] = f.shape as [number, number, number, number]
  const blocks = values.padded(channels) / block
  const own = values.of(f)
  const all = batch === images ? own : emit.node('Pad', [own, emit.ints([0, 0, 0, 0, batch - images, 0, 0, 0])])
  const shape = [(batch / perGroup) * blocks * block, perGroup, height, width]
  if (blocks === 1 || perGroup === 1) return values.reshape(all, shape)
  const split = values.reshape(all, [batch / perGroup, perGroup, blocks, height * width * block])
  return values.reshape(emit.node('Transpose', [split], { perm: [0, 2, 1, 3] }), shape)
}

/** A depthwise convolution of images with output gradients as filters, image and channel together being the channels; summed over images. */
function depthwise(node: Tensor, values: BlockedValues, [rows, columns]: Axes): string {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const { emit, block } = values
  const [batch, channels] = x.shape as [number, number]
  const padded = values.padded(channels)
  const all = batch * padded
  const height = rows.input + Math.min(rows.behind, 0)
  const width = columns.input + columns.before + columns.behind
  const window = {
    kernel_shape: [rows.output, columns.output],
    strides: [rows.dilation, columns.dilation],
    dilations: [rows.stride, columns.stride],
    pads: [rows.before, 0, Math.max(rows.behind, 0), 0],
    group: all,
  }
  const image = values.reshape(withColumns(x, values, rows, columns), [1, all, height, width])
  const swept = values.node('Conv', [image, values.reshape(values.of(dy), [all, 1, rows.output, columns.output])], window)
  const area = rows.kernel * columns.kernel
  const summed = emit.node('ReduceSum', [values.reshape(swept, [batch, padded * area]), emit.ints([0])], { keepdims: 0 })
  const filter = values.reshape(values.turn(summed, [padded / block, area, block]), [padded, 1, rows.kernel, columns.kernel])
  return values.cut(filter, 0, channels, padded)
}

/** Blocked x with its columns padded: padding of columns inside the operator would leave its fast path. */
function withColumns(x: Tensor, values: BlockedValues, rows: Axis, columns: Axis): string {
  const { before, behind } = columns
  const lastRow = Math.min(rows.behind, 0)
  const blocked = values.of(x)
  if (before === 0 && behind === 0 && lastRow === 0) return blocked
  if (behind >= 0 && lastRow === 0) return values.surround(blocked, x.shape, [0, before, 0, behind])
  const split = values.split(blocked, x.shape)
  return values.emit.node('Pad', [split, values.emit.ints([0, 0, 0, before, 0, 0, 0, lastRow, behind, 0])])
}
