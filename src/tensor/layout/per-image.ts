import type { Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitConv } from './conv.ts'
import type { Rule } from './rule.ts'

/** The places of a channel: all dimensions but the first two. */
const placesOf = ({ shape }: Tensor): number => sizeOf(shape.slice(2))

/**
 * x · g where g is one number for each channel of each image, [N, C, 1, …]: a 1×1 depthwise convolution in which the images' channels are all channels
 * of one image, for so the data lie already.
 */
export function emitByImage(node: Tensor, values: BlockedValues): string | undefined {
  const [batch, channels, ...rest] = node.shape
  const places = sizeOf(rest)
  if (rest.length === 0 || channels % values.block !== 0 || places === 1) return undefined
  const at = node.inputs.findIndex(({ shape }) => shape.join() === [batch, channels, ...rest.map(() => 1)].join())
  const [gate, x] = [node.inputs[at], node.inputs[1 - at]]
  if (at < 0 || x.shape.join() !== node.shape.join() || !values.has(x)) return undefined
  const group = batch * channels
  const image = values.reshape(values.of(x), [1, group, places, 1])
  const filter = values.reshape(values.of(gate), [group, 1, 1, 1])
  const window = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group }
  return values.reshape(emitConv(values, image, filter, window, undefined), node.shape)
}

/** Sums over the places of each channel of each image. */
const reduceSum: Rule = (node, values) => {
  const [x] = node.inputs as [Tensor]
  const { axes, keepDims } = node.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean }
  const [batch, channels, ...rest] = x.shape
  if (!values.has(x) || !keepDims || rest.length === 0 || axes.join() !== rest.map((_, i) => i + 2).join()) return undefined
  const { emit, padded } = values
  const image = values.reshape(values.of(x), [batch, padded(channels), placesOf(x), 1])
  const sum = emit.node('Mul', [values.node('GlobalAveragePool', [image]), emit.floats([placesOf(x)], [])])
  return { blocked: values.reshape(sum, [batch, padded(channels), ...rest.map(() => 1)]) }
}

export const perImageRules = { reduceSum } satisfies Record<string, Rule>
