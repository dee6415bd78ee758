import type { Emitter, OnnxAttributes } from '../op.ts'
import type { Shape, Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { LoweringContext } from './layout.ts'

/** ONNX Runtime's internal domain of operators on blocked data. */
const domain = 'com.microsoft.nchwc'

/**
 * The values of one lowering in the blocked form. A tensor [N, C, …rest] keeps that ONNX shape, its channels padded with anything finite to
 * a multiple P of the block b, but its data lie as [N, P / b, …rest, b].
 */
export interface BlockedValues extends LoweringContext {
  readonly block: number
  /** Channels with their padding. */
  padded(channels: number): number
  /** Whether a tensor is of a type and rank that can be blocked. */
  fits(tensor: Tensor): boolean
  /** Whether a tensor's blocked form exists already. */
  has(tensor: Tensor): boolean
  /** A tensor's blocked form, made from the plain one when there is none. */
  of(tensor: Tensor): string
  /** Keeps the blocked form of a tensor. */
  keep(tensor: Tensor, blocked: string): void
  /** A tensor [N, C, H, W] as [N, H, W, C], without padding channels. */
  channelsLast(tensor: Tensor): string
  /** The plain form of a tensor that is blocked. */
  toPlain(tensor: Tensor): string
  /** An operator on blocked data. */
  node(type: string, inputs: readonly string[], attributes?: OnnxAttributes): string
  /** Blocked data of a tensor of `shape` with every dimension of their own: [N, P / b, …rest, b]. */
  split(blocked: string, shape: Shape): string
  /** What `split` did, undone; `shape` is the tensor's. */
  join(split: string, shape: Shape): string
  /** Another ONNX shape of the same data; reshaping twice is reshaping once. */
  reshape(name: string, shape: Shape): string
  /** Data of three dimensions with the last two changing places. */
  turn(name: string, shape: readonly [number, number, number]): string
  /** Data of `shape` with the order along an axis reversed. */
  reverse(name: string, shape: Shape, axis: number): string
  /** The first `wanted` of `size` along an axis. */
  cut(name: string, axis: number, wanted: number, size: number): string
  /** Integers that several nodes may use: made once for each key. */
  indices(key: string, make: () => readonly number[]): string
  /** Zeros around blocked images: [top, left, bottom, right] of a tensor of `shape`. */
  surround(blocked: string, shape: Shape, pads: readonly number[]): string
}

export function createBlockedValues(context: LoweringContext, block: number): BlockedValues {
  const { emit } = context
  const blocked = new Map<Tensor, string>()
  const channelsLast = new Map<Tensor, string>()
  const indices = new Map<string, string>()
  const padded = (channels: number): number => Math.ceil(channels / block) * block
  const paddedShape = ([batch, channels, ...rest]: Shape): number[] => [batch, padded(channels), ...rest]
  const splitShape = ([batch, channels, ...rest]: Shape): number[] => [batch, padded(channels) / block, ...rest, block]
  const node = (type: string, inputs: readonly string[], attributes?: OnnxAttributes): string =>
    emit.node(type, inputs, attributes, { domain })
  const reshaped = new Map<string, string>()
  const sources = new Map<string, string>()
  const reshape = (name: string, shape: Shape): string => {
    const source = sources.get(name) ?? name
    const result = remember(reshaped, `${source} ${shape.join()}`, () => emit.node('Reshape', [source, emit.ints(shape)]))
    sources.set(result, source)
    return result
  }

  function fromPlain(tensor: Tensor): string {
    const [batch, channels, ...rest] = tensor.shape
    const plain = context.plain(tensor)
    // A block with one position in it lies as it did before.
    if (sizeOf(rest) === 1 && channels % block === 0) return plain
    const image = rest.length === 2 ? plain : reshape(plain, [batch, channels, sizeOf(rest), 1])
    // ReorderInput pads channels to whole blocks by itself, but takes only multiples of 4.
    const fours = channels % 4 === 0 ? image : padEnd(emit, image, [0, 4 - (channels % 4), 0, 0])
    const reordered = node('ReorderInput', [fours])
    return rest.length === 2 ? reordered : reshape(reordered, paddedShape(tensor.shape))
  }

  function toChannelsLast(tensor: Tensor): string {
    const [batch, channels, height, width] = tensor.shape
    const known = blocked.get(tensor)
    if (known === undefined) return emit.node('Transpose', [context.plain(tensor)], { perm: [0, 2, 3, 1] })
    return channels === block
      ? reshape(known, [batch, height, width, channels])
      : node('ReorderOutput', [known], { channels, channels_last: 1 })
  }

  return {
    ...context,
    block,
    padded,
    node,
    reshape,
    fits: ({ dtype, shape }) => dtype === 'float32' && shape.length >= 3,
    has: (tensor) => blocked.has(tensor),
    keep: (tensor, name) => void blocked.set(tensor, name),
    of: (tensor) => remember(blocked, tensor, fromPlain),
    channelsLast: (tensor) => remember(channelsLast, tensor, toChannelsLast),
    toPlain(tensor) {
      const [batch, channels, ...rest] = tensor.shape
      const known = blocked.get(tensor)
      if (known === undefined) throw new Error(`${tensor.op} has no blocked form`)
      if (sizeOf(rest) === 1 && channels % block === 0) return reshape(known, tensor.shape)
      if (rest.length === 2) return node('ReorderOutput', [known], { channels })
      const image = reshape(known, [batch, padded(channels), sizeOf(rest), 1])
      return reshape(node('ReorderOutput', [image], { channels }), tensor.shape)
    },
    split: (name, shape) => reshape(name, splitShape(shape)),
    join: (name, shape) => reshape(name, paddedShape(shape)),
    turn: (name, shape) => (shape[1] === 1 || shape[2] === 1 ? name : emit.node('Transpose', [reshape(name, shape)], { perm: [0, 2, 1] })),
    reverse(name, shape, axis) {
      const size = shape[axis]
      const backwards = remember(indices, `backwards ${size}`, () => emit.ints(Array.from({ length: size }, (_, i) => size - 1 - i)))
      return size === 1 ? name : emit.node('Gather', [reshape(name, shape), backwards], { axis })
    },
    cut: (name, axis, wanted, size) =>
      wanted === size ? name : emit.node('Slice', [name, emit.ints([0]), emit.ints([wanted]), emit.ints([axis])]),
    indices: (key, make) => remember(indices, key, () => emit.ints(make())),
    surround(name, [, channels], pads) {
      // A 1×1 convolution with padding; unlike the standard Pad it runs on all threads.
      const all = padded(channels)
      const ones = emit.floats(new Float32Array(all).fill(1), [all, 1, 1, 1])
      return node('Conv', [name, ones], { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads, group: all })
    },
  }
}

/** Zeros behind the data of every dimension. */
export function padEnd(emit: Emitter, name: string, counts: readonly number[]): string {
  if (counts.every((count) => count === 0)) return name
  return emit.node('Pad', [name, emit.ints([...counts.map(() => 0), ...counts])])
}

function remember<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make(key)
  map.set(key, made)
  return made
}
