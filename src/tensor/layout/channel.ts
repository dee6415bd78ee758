import { uniformValue } from '../graph.ts'
import type { Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitConv } from './conv.ts'
import { paddedVector } from './filters.ts'
import type { After, Rule } from './rule.ts'

/** A pass over blocked images: a factor and a number to add for each channel, by their plain vectors; left out: 1 and 0. */
export interface ChannelPass {
  readonly scale?: string
  readonly shift?: string
}

/** Scales and shifts channels in one pass: a depthwise 1×1 convolution with the scale as filter and the shift as bias. */
export function emitChannelPass(x: Tensor, values: BlockedValues, { scale, shift }: ChannelPass, after: After): string {
  const { emit } = values
  const [batch, channels, ...rest] = x.shape
  const all = values.padded(channels)
  const factor = scale === undefined ? emit.floats(new Float32Array(all).fill(1)) : paddedVector(values, scale, channels)
  const addend = shift === undefined ? undefined : paddedVector(values, shift, channels)
  const flat = [batch, all, rest.length === 2 ? rest[0] : sizeOf(rest), rest.length === 2 ? rest[1] : 1]
  const image = (name: string): string => (rest.length === 2 ? name : values.reshape(name, flat))
  const window = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: all }
  const filter = values.reshape(factor, [all, 1, 1, 1])
  const sum = after.sum === undefined ? undefined : image(after.sum)
  const result = emitConv(values, image(values.of(x)), filter, window, addend, { ...after, sum })
  return rest.length === 2 ? result : values.reshape(result, [batch, all, ...rest])
}

/** `channelAffine` on blocks. */
export function emitChannelAffine(node: Tensor, values: BlockedValues, after: After = {}): string | undefined {
  const [x, scale, shift, addend] = node.inputs as [Tensor, Tensor, Tensor, Tensor | undefined]
  if (addend && after.sum !== undefined) return undefined
  const relu = node.attributes.relu === true
  if (relu && after.sum !== undefined) return undefined
  const sum = addend ? values.of(addend) : after.sum
  const pass = {
    scale: constantNumber(scale) === 1 ? undefined : values.plain(scale),
    shift: constantNumber(shift) === 0 ? undefined : values.plain(shift),
  }
  return emitChannelPass(x, values, pass, { sum, relu: relu || after.relu })
}

/** The number that a constant, or a broadcast constant, holds everywhere. */
const constantNumber = (node: Tensor): number | undefined => uniformValue(node.op === 'broadcastTo' ? node.inputs[0] : node)

/**
 * Sums over everything but the channels, of x or of a product a · b that is not written anywhere: global pooling does the one, the other
 * is a depthwise convolution of a with b as filters as large as the images.
 */
function emitChannelSum(x: Tensor, values: BlockedValues): string {
  const { emit } = values
  const [batch, channels, ...rest] = x.shape
  const all = values.padded(channels)
  const area = sizeOf(rest)
  const sums = x.op === 'mul' && isProduct(x, values) ? dots(x, values) : sumsOf(x, values, area)
  const total = emit.node('ReduceSum', [values.reshape(sums, [batch, all]), emit.ints([0])], { keepdims: 0 })
  return values.cut(total, 0, channels, all)
}

const isProduct = (x: Tensor, values: BlockedValues): boolean =>
  x.inputs.every((factor) => factor.shape.length === x.shape.length && sizeOf(factor.shape) === sizeOf(x.shape)) &&
  x.inputs.some((factor) => values.has(factor))

/** Sum over each image of a · b: [N, P]. */
function dots(product: Tensor, values: BlockedValues): string {
  const [batch, channels, ...rest] = product.shape
  const all = batch * values.padded(channels)
  const [height, width] = rest.length === 2 ? rest : [sizeOf(rest), 1]
  const [a, b] = product.inputs as [Tensor, Tensor]
  const window = { kernel_shape: [height, width], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: all }
  const image = values.reshape(values.of(a), [1, all, height, width])
  return emitConv(values, image, values.reshape(values.of(b), [all, 1, height, width]), window, undefined, {})
}

/** Sum over each image: [N, P, 1]. */
function sumsOf(x: Tensor, values: BlockedValues, area: number): string {
  const { emit, block } = values
  const [batch, channels] = x.shape
  const rows = (batch * values.padded(channels)) / block
  const ones = emit.floats(new Float32Array(area).fill(1), [1, area])
  return emit.node('MatMul', [ones, values.reshape(values.of(x), [rows, area, block])])
}

export const channelRules = {
  channelAffine(node, values) {
    const [x, , , addend] = node.inputs as [Tensor, Tensor, Tensor, Tensor | undefined]
    if (!values.fits(node) || !(values.has(x) || (addend && values.has(addend)))) return undefined
    const blocked = emitChannelAffine(node, values)
    return blocked === undefined ? undefined : { blocked }
  },
  channelSum(node, values) {
    const [x] = node.inputs
    return values.fits(x) && values.has(x) ? { plain: emitChannelSum(x, values) } : undefined
  },
} satisfies Record<string, Rule>
