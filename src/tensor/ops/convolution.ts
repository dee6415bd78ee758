import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { expectType, sameShape, shapeError } from '../shapes.ts'
import type { Tensor, TensorType } from '../tensor.ts'
import { channelSum } from './channel.ts'
import { lowerInputGradient, lowerWeightGradient } from './convolution-lowering.ts'
import { reshape } from './shape.ts'
import { explicitPads, type Pads, type Two, two } from './spatial.ts'

/** How a convolution goes over its input; pads are [top, left, bottom, right]. */
export type ConvolutionAttributes = { readonly strides: Two; readonly pads: Pads; readonly dilations: Two; readonly groups: number }
/** `inputShape` is [H, W] of the convolution's input. */
export type InputGradientAttributes = ConvolutionAttributes & { readonly inputShape: Two }
/** `kernel` is [height, width] of the filter. */
export type WeightGradientAttributes = ConvolutionAttributes & { readonly kernel: Two }

/** Output [H, W] of a convolution. */
export const convolvedSize = (
  input: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations }: ConvolutionAttributes,
): [number, number] =>
  [0, 1].map((i) => Math.floor((input[i] + pads[i] + pads[i + 2] - (kernel[i] - 1) * dilations[i] - 1) / strides[i]) + 1) as [
    number,
    number,
  ]

function checkRank(op: string, inputs: readonly TensorType[]): void {
  expectType(op, 'float32', inputs)
  if (inputs[0].shape.length !== 4 || inputs[1].shape.length !== 4) shapeError(op, 'wants tensors of four dimensions', inputs)
}

const convolutionOf = ({ strides, pads, dilations, groups }: ConvolutionAttributes): ConvolutionAttributes => ({
  strides,
  pads,
  dilations,
  groups,
})

/** (x[N, C, H, W], w[O, C / groups, h, w], bias[O]?) → [N, O, H', W'] */
const convolutionOp: Op<ConvolutionAttributes, 'convolution'> = {
  name: 'convolution',
  infer(inputs, attributes) {
    const [x, w, bias] = inputs
    checkRank('convolution', inputs)
    const { groups } = attributes
    if (x.shape[1] !== w.shape[1] * groups || w.shape[0] % groups !== 0)
      shapeError('convolution', `channels do not fit ${groups} groups`, inputs)
    if (bias && !sameShape(bias.shape, [w.shape[0]])) shapeError('convolution', 'the bias must be a number for each output channel', inputs)
    const space = convolvedSize(x.shape.slice(2), w.shape.slice(2), attributes)
    if (space.some((size) => size < 1)) shapeError('convolution', 'the kernel does not fit', inputs)
    return { shape: [x.shape[0], w.shape[0], ...space], dtype: 'float32' }
  },
  gradient(node, upstream) {
    const [x, w, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined]
    const kernel: Two = [w.shape[2], w.shape[3]]
    return [
      apply(convolutionInputGradientOp, [upstream, w], { ...node.attributes, inputShape: [x.shape[2], x.shape[3]] }),
      apply(convolutionWeightGradientOp, [x, upstream], { ...node.attributes, kernel }),
      ...(bias ? [channelSum(upstream)] : []),
    ]
  },
  lower(node, inputs, emit) {
    const { strides, pads, dilations, groups } = node.attributes
    return emit.node('Conv', inputs, { kernel_shape: node.inputs[1].shape.slice(2), strides, pads, dilations, group: groups })
  },
}

/** (dy[N, O, H', W'], w[O, C / groups, h, w]) → dx[N, C, H, W]; linear in both. */
const convolutionInputGradientOp: Op<InputGradientAttributes, 'convolutionInputGradient'> = {
  name: 'convolutionInputGradient',
  infer(inputs, attributes) {
    const [dy, w] = inputs
    checkRank('convolutionInputGradient', inputs)
    const space = convolvedSize(attributes.inputShape, w.shape.slice(2), attributes)
    if (dy.shape[1] !== w.shape[0] || !sameShape(space, dy.shape.slice(2)))
      shapeError('convolutionInputGradient', 'shapes do not fit', inputs)
    return { shape: [dy.shape[0], w.shape[1] * attributes.groups, ...attributes.inputShape], dtype: 'float32' }
  },
  gradient(node, upstream) {
    const [dy, w] = node.inputs as [Tensor, Tensor]
    const attributes = convolutionOf(node.attributes)
    const kernel: Two = [w.shape[2], w.shape[3]]
    return [apply(convolutionOp, [upstream, w], attributes), apply(convolutionWeightGradientOp, [upstream, dy], { ...attributes, kernel })]
  },
  lower: (node, inputs, emit) => lowerInputGradient(node, inputs, emit),
}

/** (x[N, C, H, W], dy[N, O, H', W']) → dw[O, C / groups, h, w]; linear in both. */
const convolutionWeightGradientOp: Op<WeightGradientAttributes, 'convolutionWeightGradient'> = {
  name: 'convolutionWeightGradient',
  infer(inputs, attributes) {
    const [x, dy] = inputs
    checkRank('convolutionWeightGradient', inputs)
    const { groups, kernel } = attributes
    const fits = x.shape[0] === dy.shape[0] && x.shape[1] % groups === 0 && dy.shape[1] % groups === 0
    if (!fits || !sameShape(convolvedSize(x.shape.slice(2), kernel, attributes), dy.shape.slice(2))) {
      shapeError('convolutionWeightGradient', 'shapes do not fit', inputs)
    }
    return { shape: [dy.shape[1], x.shape[1] / groups, ...kernel], dtype: 'float32' }
  },
  gradient(node, upstream) {
    const [x, dy] = node.inputs as [Tensor, Tensor]
    const attributes = convolutionOf(node.attributes)
    return [
      apply(convolutionInputGradientOp, [dy, upstream], { ...attributes, inputShape: [x.shape[2], x.shape[3]] }),
      apply(convolutionOp, [x, upstream], attributes),
    ]
  },
  lower: (node, inputs, emit) => lowerWeightGradient(node, inputs, emit),
}
export const convolutionOps = {
  convolution: convolutionOp,
  convolutionInputGradient: convolutionInputGradientOp,
  convolutionWeightGradient: convolutionWeightGradientOp,
}

export interface ConvolutionOptions {
  /** Default 1. */
  readonly stride?: number | Two
  /** One number for all sides, [vertical, horizontal], or [top, left, bottom, right]; default 0. */
  readonly pads?: number | readonly number[]
  /** Default 1. */
  readonly dilation?: number | Two
  /** Default 1; the number of channels makes it depthwise. */
  readonly groups?: number
  /** A number for each output channel that is added. */
  readonly bias?: Tensor
}

const convolutionAttributes = ({ stride = 1, pads = 0, dilation = 1, groups = 1 }: ConvolutionOptions): ConvolutionAttributes => ({
  strides: two(stride),
  pads: explicitPads(pads),
  dilations: two(dilation),
  groups,
})

/**
 * Convolution (cross-correlation, as every framework has it).
 * @param x [N, C, H, W]
 * @param w [O, C / groups, height, width]
 * @returns [N, O, H', W']
 */
export const convolution = (x: Tensor, w: Tensor, options: ConvolutionOptions = {}): Tensor =>
  apply(convolutionOp, options.bias ? [x, w, options.bias] : [x, w], convolutionAttributes(options))

/** Gradient of a convolution with respect to its input, given the output's. `inputShape` is [H, W]. */
export const convolutionInputGradient = (dy: Tensor, w: Tensor, options: ConvolutionOptions & { readonly inputShape: Two }): Tensor =>
  apply(convolutionInputGradientOp, [dy, w], { ...convolutionAttributes(options), inputShape: options.inputShape })

/** Gradient of a convolution with respect to its filter, given the output's. */
export const convolutionWeightGradient = (x: Tensor, dy: Tensor, options: ConvolutionOptions & { readonly kernel: number | Two }): Tensor =>
  apply(convolutionWeightGradientOp, [x, dy], { ...convolutionAttributes(options), kernel: two(options.kernel) })

export interface Convolution1dOptions {
  readonly stride?: number
  /** One number for both ends, or [begin, end]. */
  readonly pads?: number | readonly [number, number]
  readonly dilation?: number
  readonly groups?: number
  readonly bias?: Tensor
}

/** Convolution along one axis: x[N, C, L], w[O, C / groups, k] give [N, O, L']. */
export function convolution1d(
  x: Tensor,
  w: Tensor,
  { stride = 1, pads = 0, dilation = 1, groups = 1, bias }: Convolution1dOptions = {},
): Tensor {
  if (x.shape.length !== 3 || w.shape.length !== 3) shapeError('convolution1d', 'wants x[N, C, L] and w[O, C / groups, k]', [x, w])
  const [begin, end] = typeof pads === 'number' ? [pads, pads] : pads
  const row = (tensor: Tensor): Tensor => reshape(tensor, [tensor.shape[0], tensor.shape[1], 1, tensor.shape[2]])
  const y = convolution(row(x), row(w), { stride: [1, stride], pads: [0, begin, 0, end], dilation: [1, dilation], groups, bias })
  return reshape(y, [y.shape[0], y.shape[1], y.shape[3]])
}
