import type { WeightGradientAttributes } from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'

/** One axis of a weight gradient. */
interface Axis {
  readonly input: number
  readonly output: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  /** Padding behind the input so that the sweep gives (kernel - 1) · dilation + 1 positions; negative: the input's end is never seen. */
  readonly behind: number
}

/**
 * The weight gradient of a dense or depthwise convolution, plain, from blocked values.
 *
 * Dense, as one grouped convolution without moving the output gradient at all: a blocked tensor [N, O, h, w] lies exactly as the filter of
 * a convolution with one input channel, N groups and a kernel as large as the image. The input goes channels-last and unfolded, [1, N, H, W · C]:
 * a group an image, dilated by stride in rows and by stride · C in columns, the sweep stops at (kernel row, kernel column · channel).
 * What it gives, [N, O / b, kernel row, kernel column · C, b], is summed over the images.
 */
export function emitWeightGradient(node: Tensor, values: BlockedValues): string | undefined {
  const { strides, pads, dilations, groups, kernel } = node.attributes as WeightGradientAttributes
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const axes = [0, 1].map((i) => {
    const [input, output] = [x.shape[i + 2], dy.shape[i + 2]]
    const behind = (output - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - pads[i] - input
    return { input, output, kernel: kernel[i], stride: strides[i], dilation: dilations[i], before: pads[i], behind }
  }) as [Axis, Axis]
  if (groups > 1 && node.shape[1] === 1 && node.shape[0] === groups) return depthwise(node, values, axes)
  if (groups !== 1 || dy.shape[1] * 2 < values.block) return undefined
  return dense(node, values, axes)
}

/** Images that a group holds as input channels: fewer groups, so less to sum up. A channel less than a block keeps the kernel narrow. */
function imagesPerGroup(batch: number, block: number): number {
  let count = Math.min(batch, block - 1)
  while (batch % count !== 0) count--
  return count
}

function dense(node: Tensor, values: BlockedValues, axes: readonly [Axis, Axis]): string {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const { emit, block } = values
  const [rows, columns] = axes
  const [, channels] = x.shape
  const outputs = values.padded(dy.shape[1])
  // The operator wants channels, here images, in whole blocks or fewer than a block.
  const batch = x.shape[0] < block ? x.shape[0] : values.padded(x.shape[0])
  const extra = batch - x.shape[0]
  const lastRow = Math.min(rows.behind, 0)
  const height = rows.input + lastRow
  const width = columns.before + columns.input + columns.behind
  const unfolded = values.reshape(paddedChannelsLast(x, values, [extra, lastRow, columns.before, columns.behind]), [
    1,
    batch,
    height,
    width * channels,
  ])
  const perGroup = imagesPerGroup(batch, block)
  const filters = groupedFilter(dy, values, batch, perGroup)
  const groups = batch / perGroup
  const swept = values.node('Conv', [unfolded, filters], {
    kernel_shape: [rows.output, columns.output],
    strides: [rows.dilation, 1],
    dilations: [rows.stride, columns.stride * channels],
    pads: [rows.before, 0, Math.max(rows.behind, 0), 0],
    group: groups,
  })
  const span = (columns.kernel - 1) * columns.dilation + 1
  const size = (outputs / block) * rows.kernel * span * channels * block
  const summed = groups === 1 ? swept : emit.node('ReduceSum', [values.reshape(swept, [groups, size]), emit.ints([0])], { keepdims: 0 })
  return toFilter(node, values, summed, outputs, span, columns.dilation)
}

/** x as [N, H, W, C], with zeros around its columns, rows cut off at the end, and images of zeros behind the last. */
function paddedChannelsLast(x: Tensor, values: BlockedValues, [images, rows, before, behind]: readonly number[]): string {
  const { emit, block } = values
  const [batch, channels, height, width] = x.shape
  if ([images, rows, before, behind].every((count) => count === 0)) return values.channelsLast(x)
  const isSimple = images === 0 && rows === 0 && behind >= 0 && values.has(x)
  if (!isSimple) return emit.node('Pad', [values.channelsLast(x), emit.ints([0, 0, before, 0, images, rows, behind, 0])])
  const wide = values.surround(values.of(x), x.shape, [0, before, 0, behind])
  if (channels === block) return values.reshape(wide, [batch, height, before + width + behind, channels])
  return values.node('ReorderOutput', [wide], { channels, channels_last: 1 })
}

/** The output gradient as the groups' filters, [group, O / b, image, h, w, b]: where O is one block it lies like that already. */
function groupedFilter(dy: Tensor, values: BlockedValues, batch: number, perGroup: number): string {
  const { emit, block } = values
  const [real, channels, height, width] = dy.shape
  const blocks = values.padded(channels) / block
  const own = values.of(dy)
  const all = batch === real ? own : emit.node('Pad', [own, emit.ints([0, 0, 0, 0, batch - real, 0, 0, 0])])
  const shape = [(batch / perGroup) * blocks * block, perGroup, height, width]
  if (blocks === 1 || perGroup === 1) return values.reshape(all, shape)
  const split = values.reshape(all, [batch / perGroup, perGroup, blocks, height * width * block])
  return values.reshape(emit.node('Transpose', [split], { perm: [0, 2, 1, 3] }), shape)
}

/** [O / b, kernel row, span · C, b] as the plain filter [O, C, h, w]. */
function toFilter(node: Tensor, values: BlockedValues, name: string, outputs: number, span: number, dilation: number): string {
  const { emit, block } = values
  const [wanted, channels, height, width] = node.shape
  let taps = name
  if (dilation > 1) {
    const all = values.reshape(taps, [outputs / block, height, span, channels * block])
    taps = emit.node('Slice', [all, emit.ints([0]), emit.ints([span]), emit.ints([2]), emit.ints([dilation])])
  }
  // Two turns of two neighbouring axes each: ONNX Runtime does those much faster than one general permutation.
  const rows = values.reshape(taps, [outputs / block, height * width * channels, block])
  const byOutput = values.reshape(emit.node('Transpose', [rows], { perm: [0, 2, 1] }), [outputs, height * width, channels])
  const filter = values.reshape(emit.node('Transpose', [byOutput], { perm: [0, 2, 1] }), [outputs, channels, height, width])
  return outputs === wanted ? filter : emit.node('Slice', [filter, emit.ints([0]), emit.ints([wanted]), emit.ints([0])])
}

/** A depthwise convolution of images with output gradients as filters, image and channel together being the channels; then the sum over images. */
function depthwise(node: Tensor, values: BlockedValues, axes: readonly [Axis, Axis]): string {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  const { emit, block } = values
  const [rows, columns] = axes
  const [batch, channels] = x.shape
  const all = batch * values.padded(channels)
  const lastRow = Math.min(rows.behind, 0)
  // Padding of columns inside the operator would leave its fast path.
  let padded = values.of(x)
  if (columns.behind >= 0 && lastRow === 0) {
    if (columns.before + columns.behind > 0) padded = values.surround(padded, x.shape, [0, columns.before, 0, columns.behind])
  } else {
    const split = values.reshape(padded, [all / block, rows.input, columns.input, block])
    padded = emit.node('Pad', [split, emit.ints([0, 0, columns.before, 0, 0, lastRow, columns.behind, 0])])
  }
  const width = columns.input + columns.before + columns.behind
  const swept = values.node(
    'Conv',
    [values.reshape(padded, [1, all, rows.input + lastRow, width]), values.reshape(values.of(dy), [all, 1, rows.output, columns.output])],
    {
      kernel_shape: [rows.output, columns.output],
      strides: [rows.dilation, columns.dilation],
      dilations: [rows.stride, columns.stride],
      pads: [rows.before, 0, Math.max(rows.behind, 0), 0],
      group: all,
    },
  )
  const area = rows.kernel * columns.kernel
  const images = values.reshape(swept, [batch, (all / batch) * area])
  const summed = emit.node('ReduceSum', [images, emit.ints([0])], { keepdims: 0 })
  const taps = values.reshape(summed, [all / batch / block, area, block])
  const filter = values.reshape(emit.node('Transpose', [taps], { perm: [0, 2, 1] }), [all / batch, 1, rows.kernel, columns.kernel])
  return all / batch === channels ? filter : emit.node('Slice', [filter, emit.ints([0]), emit.ints([channels]), emit.ints([0])])
}
