import * as t from '../../src/tensor/index.ts'
import type { Shape, Tensor } from '../../src/tensor/index.ts'

/** normal: in [-1, 1]; positive: in [0.5, 2]; spread: distinct and away from zero. */
export type Fill = 'normal' | 'positive' | 'spread'

export interface GradientCase {
  readonly name: string
  readonly inputs: readonly { readonly shape: Shape; readonly fill?: Fill }[]
  readonly build: (...inputs: Tensor[]) => Tensor
  /** Default 1. */
  readonly order?: 1 | 2
  /** Of the directional derivative, relative to its usual size; default 5e-3. */
  readonly tolerance?: number
}

type Input = GradientCase['inputs'][number]
const of = (...shape: number[]): Input => ({ shape })
const positive = (...shape: number[]): Input => ({ shape, fill: 'positive' })
const spread = (...shape: number[]): Input => ({ shape, fill: 'spread' })
const row = (
  name: string,
  inputs: readonly Input[],
  build: (...inputs: Tensor[]) => Tensor,
  order: 1 | 2 = 2,
  tolerance?: number,
): GradientCase => ({
  name,
  inputs,
  build,
  order,
  tolerance,
})

const elementwise: GradientCase[] = [
  row('neg', [of(3, 4)], (x) => t.mul(t.neg(x), x)),
  row('exp', [of(3, 4)], (x) => t.exp(x)),
  row('log', [positive(3, 4)], (x) => t.log(x)),
  row('sqrt', [positive(3, 4)], (x) => t.sqrt(x)),
  row('reciprocal', [positive(3, 4)], (x) => t.reciprocal(x)),
  row('abs', [spread(3, 4)], (x) => t.mul(t.abs(x), x)),
  row('relu', [spread(5, 7)], (x) => t.square(t.relu(x))),
  row('sigmoid', [of(3, 4)], (x) => t.sigmoid(x)),
  row('tanh', [of(3, 4)], (x) => t.tanh(x)),
  row('erf', [of(3, 4)], (x) => t.erf(x)),
  row('hardSigmoid', [of(3, 4)], (x) => t.mul(t.hardSigmoid(x, 0.3, 0.5), x)),
  row('softplus', [spread(3, 4)], (x) => t.softplus(x)),
  row('stopGradient', [of(3, 4)], (x) => t.add(t.mul(x, x), t.mul(0, t.stopGradient(x)))),
  row('add broadcast', [of(3, 4), of(4)], (a, b) => t.square(t.add(a, b))),
  row('sub broadcast', [of(1, 4), of(3, 1)], (a, b) => t.square(t.sub(a, b))),
  row('mul broadcast', [of(2, 3, 4), of(3, 1)], (a, b) => t.mul(a, b)),
  row('div broadcast', [of(3, 4), positive(4)], (a, b) => t.div(a, b)),
  row('pow of two tensors', [positive(3, 4), positive(4)], (a, b) => t.pow(a, b)),
  row('pow of a number', [positive(3, 4)], (a) => t.pow(a, 3)),
  row('maximum', [spread(4, 4), of(1)], (a, b) => t.square(t.maximum(a, t.mul(0, b)))),
  row('minimum', [spread(4, 4)], (a) => t.square(t.minimum(a, 0))),
  row('where', [of(3, 4), of(4), spread(3, 4)], (a, b, c) => t.where(t.step(c), t.square(a), t.mul(a, b))),
  row('gatedSum', [of(3, 4), of(3, 4)], (a, b) => t.gatedSum([t.square(a), t.mul(a, b)], [t.always, t.always])),
  row('masks pass nothing', [spread(3, 4)], (x) => t.add(t.square(x), t.add(t.step(x), t.add(t.greaterMask(x, 0), t.sign(x))))),
]

const shapes: GradientCase[] = [
  row('reshape', [of(3, 4)], (x) => t.square(t.reshape(x, [2, 6]))),
  row('transpose', [of(2, 3, 4)], (x) => t.square(t.transpose(x, [2, 0, 1]))),
  row('concat', [of(2, 3), of(2, 1)], (a, b) => t.square(t.concat([a, b, a], 1))),
  row('slice', [of(4, 5)], (x) => t.square(t.slice(x, [1, 0], [3, 4]))),
  row('slice with steps', [of(7, 6)], (x) => t.square(t.slice(x, [1, 0], [6, 6], [2, 3]))),
  row('pad', [of(2, 3)], (x) => t.square(t.pad(x, [1, 0], [0, 2], 0.5))),
  row('broadcastTo', [of(3, 1)], (x) => t.square(t.broadcastTo(x, [2, 3, 4]))),
  row('insertZeros', [of(3, 4)], (x) => t.square(t.insertZeros(x, [2, 3]))),
  row('reduceSum', [of(2, 3, 4)], (x) => t.square(t.reduceSum(x, [0, 2]))),
  row('reduceMean', [of(2, 3, 4)], (x) => t.square(t.reduceMean(x, [1], { keepDims: true }))),
  row('reduceMax', [spread(3, 5)], (x) => t.square(t.reduceMax(x, [1]))),
  row('gather', [of(5, 3)], (x) => t.square(t.gather(x, t.constant([0, 4, 4, 1], [2, 2], 'int64'), 0))),
  row('gather along axis 1', [of(3, 5, 2)], (x) => t.square(t.gather(x, t.constant([3, 3, 0], [3], 'int32'), 1))),
  row('scatterAdd', [of(4, 3)], (x) => t.square(t.scatterAdd(x, t.constant([0, 4, 4, 1], [4], 'int64'), 5))),
]

const products: GradientCase[] = [
  row('matmul', [of(3, 4), of(4, 5)], (a, b) => t.matmul(a, b)),
  row('matmul transA', [of(4, 3), of(4, 5)], (a, b) => t.matmul(a, b, { transA: true })),
  row('matmul transB', [of(3, 4), of(5, 4)], (a, b) => t.matmul(a, b, { transB: true })),
  row('matmul transA transB', [of(4, 3), of(5, 4)], (a, b) => t.matmul(a, b, { transA: true, transB: true })),
  row('matmul of batches', [of(2, 3, 4), of(2, 4, 5)], (a, b) => t.matmul(a, b)),
  row('matmul of batches, transposed', [of(2, 4, 3), of(2, 5, 4)], (a, b) => t.matmul(a, b, { transA: true, transB: true })),
  row('matmul with broadcast batches', [of(2, 1, 3, 4), of(3, 4, 5)], (a, b) => t.matmul(a, b)),
  row('softmax', [of(3, 5)], (x) => t.softmax(x)),
  row('softmax along axis 1 of 3', [of(2, 4, 3)], (x) => t.softmax(x, 1)),
  row('logSoftmax', [of(3, 5)], (x) => t.logSoftmax(x)),
  row('channelAffine', [of(2, 3, 4, 4), of(3), of(3)], (x, scale, shift) => t.channelAffine(x, scale, shift)),
  row('channelAffine, add', [of(2, 3, 4, 4), of(3), of(3), of(2, 3, 4, 4)], (x, scale, shift, add) =>
    t.square(t.channelAffine(x, scale, shift, { add })),
  ),
  row('channelAffine, relu', [spread(2, 3, 2, 2)], (x) => t.channelAffine(x, t.constant([1, -2, 0.5]), t.zeros([3]), { relu: true })),
  row('channelAffine of a table', [of(4, 3), of(3), of(3)], (x, scale, shift) => t.channelAffine(x, scale, shift)),
  row('channelSum', [of(2, 3, 4, 4)], (x) => t.square(t.channelSum(x))),
  row('channelSum of a table', [of(4, 3)], (x) => t.square(t.channelSum(x))),
]

interface ConvolutionShape {
  readonly name: string
  readonly x: [number, number, number, number]
  readonly w: [number, number, number, number]
  readonly options?: t.ConvolutionOptions
}

/** Kernels, strides, paddings, dilations and groups in the combinations that networks use, and some odd ones. */
export const convolutionShapes: ConvolutionShape[] = [
  { name: '1×1', x: [2, 3, 5, 5], w: [4, 3, 1, 1] },
  { name: '3×3 same', x: [2, 3, 6, 5], w: [4, 3, 3, 3], options: { pads: 1 } },
  { name: '3×3 valid', x: [2, 3, 6, 5], w: [4, 3, 3, 3] },
  { name: '3×3 stride 2, even size', x: [2, 3, 6, 6], w: [4, 3, 3, 3], options: { pads: 1, stride: 2 } },
  { name: '3×3 stride 2, odd size', x: [2, 3, 7, 7], w: [4, 3, 3, 3], options: { pads: 1, stride: 2 } },
  { name: '1×1 stride 2', x: [2, 3, 6, 6], w: [4, 3, 1, 1], options: { stride: 2 } },
  { name: '2×2 stride 2', x: [2, 3, 6, 6], w: [4, 3, 2, 2], options: { stride: 2 } },
  { name: '5×5 same', x: [2, 2, 6, 6], w: [3, 2, 5, 5], options: { pads: 2 } },
  { name: '3×3 dilated', x: [2, 2, 7, 7], w: [3, 2, 3, 3], options: { pads: 2, dilation: 2 } },
  { name: '3×3 dilated, stride 2', x: [2, 2, 8, 8], w: [3, 2, 3, 3], options: { pads: 2, dilation: 2, stride: 2 } },
  { name: 'uneven padding', x: [1, 2, 5, 6], w: [2, 2, 2, 4], options: { pads: [0, 1, 1, 2] } },
  { name: 'groups', x: [2, 4, 5, 5], w: [6, 2, 3, 3], options: { pads: 1, groups: 2 } },
  { name: 'depthwise', x: [2, 4, 5, 5], w: [4, 1, 3, 3], options: { pads: 1, groups: 4 } },
  { name: 'depthwise stride 2', x: [2, 4, 6, 6], w: [4, 1, 3, 3], options: { pads: 1, groups: 4, stride: 2 } },
  { name: 'depthwise 5×5 dilated', x: [2, 4, 9, 9], w: [4, 1, 5, 5], options: { pads: 4, groups: 4, dilation: 2 } },
  { name: 'depthwise with multiplier', x: [2, 3, 5, 5], w: [6, 1, 3, 3], options: { pads: 1, groups: 3 } },
  { name: '3×3 same, more than 64 positions', x: [2, 2, 9, 10], w: [3, 2, 3, 3], options: { pads: 1 } },
  {
    name: '3×2 dilated, uneven stride and padding, more than 64 positions',
    x: [1, 2, 21, 17],
    w: [2, 2, 3, 2],
    options: { pads: [1, 0, 2, 1], stride: [2, 1], dilation: [1, 2] },
  },
  { name: '8 input channels, padding beyond the kernel', x: [1, 8, 5, 5], w: [3, 8, 1, 1], options: { pads: 1 } },
  { name: '8 input channels, uneven', x: [2, 8, 6, 7], w: [3, 8, 3, 2], options: { pads: [1, 0, 2, 1], dilation: [1, 2] } },
  { name: '8 input channels, groups', x: [2, 8, 6, 5], w: [6, 4, 3, 3], options: { pads: 1, groups: 2 } },
  { name: '16 channels', x: [2, 16, 6, 6], w: [16, 16, 3, 3], options: { pads: 1 } },
  { name: '16 channels, stride 2', x: [2, 16, 8, 8], w: [32, 16, 3, 3], options: { pads: 1, stride: 2 } },
  { name: '16 channels depthwise', x: [2, 16, 6, 6], w: [16, 1, 3, 3], options: { pads: 1, groups: 16 } },
]

const convolutions: GradientCase[] = [
  ...convolutionShapes.map(({ name, x, w, options }) =>
    row(`convolution ${name}`, [of(...x), of(...w)], (a, b) => t.convolution(a, b, options), 2, 1e-2),
  ),
  row(
    'convolution with bias',
    [of(2, 3, 5, 5), of(4, 3, 3, 3), of(4)],
    (x, w, bias) => t.square(t.convolution(x, w, { pads: 1, bias })),
    2,
    1e-2,
  ),
  row('convolution1d', [of(2, 3, 8), of(4, 3, 3)], (x, w) => t.convolution1d(x, w, { pads: 1, stride: 2 })),
  row(
    'convolutionInputGradient',
    [of(2, 4, 3, 3), of(4, 3, 3, 3)],
    (dy, w) => t.convolutionInputGradient(dy, w, { pads: 1, stride: 2, inputShape: [6, 5] }),
    2,
    1e-2,
  ),
  row(
    'convolutionWeightGradient',
    [of(2, 3, 6, 5), of(2, 4, 3, 3)],
    (x, dy) => t.convolutionWeightGradient(x, dy, { pads: 1, stride: 2, kernel: 3 }),
    2,
    1e-2,
  ),
]

const poolings: GradientCase[] = [
  row('maxPool 2×2', [spread(2, 2, 4, 4)], (x) => t.square(t.maxPool(x, { kernel: 2 }))),
  row('maxPool 2×2, remainder', [spread(1, 2, 5, 5)], (x) => t.square(t.maxPool(x, { kernel: 2 }))),
  row('maxPool 3×3 stride 1 padded', [spread(1, 2, 5, 5)], (x) => t.square(t.maxPool(x, { kernel: 3, stride: 1, pads: 1 }))),
  row('maxPool 3×3 stride 2 padded', [spread(1, 2, 6, 7)], (x) => t.square(t.maxPool(x, { kernel: 3, stride: 2, pads: 1 }))),
  row('maxPool 2×3 stride 3×2', [spread(1, 2, 7, 8)], (x) => t.square(t.maxPool(x, { kernel: [2, 3], stride: [3, 2] }))),
  row('averagePool 2×2', [of(2, 2, 4, 4)], (x) => t.square(t.averagePool(x, { kernel: 2 }))),
  row('averagePool 2×2, remainder', [of(1, 2, 5, 5)], (x) => t.square(t.averagePool(x, { kernel: 2 }))),
  row('averagePool 3×3 stride 1 padded', [of(1, 2, 5, 5)], (x) => t.square(t.averagePool(x, { kernel: 3, stride: 1, pads: 1 }))),
  row('averagePool 3×3 stride 1, padding not counted', [of(1, 2, 5, 5)], (x) =>
    t.square(t.averagePool(x, { kernel: 3, stride: 1, pads: 1, countIncludePad: false })),
  ),
  row('averagePool 3×3 stride 2 padded', [of(1, 2, 6, 7)], (x) => t.square(t.averagePool(x, { kernel: 3, stride: 2, pads: 1 }))),
  row('averagePool 3×3 stride 2, padding not counted', [of(1, 2, 8, 8)], (x) =>
    t.square(t.averagePool(x, { kernel: 3, stride: 2, pads: 1, countIncludePad: false })),
  ),
  row('globalAveragePool', [of(2, 3, 4, 4)], (x) => t.square(t.globalAveragePool(x))),
]

/** Batch norm of a batch with ReLU: the composition that a search differentiates twice. */
const batchNorm = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor => {
  const count = t.sizeOf(x.shape) / x.shape[1]
  const mean = t.mul(t.channelSum(x), 1 / count)
  const variance = t.sub(t.mul(t.channelSum(t.square(x)), 1 / count), t.square(mean))
  const scale = t.mul(gamma, t.reciprocal(t.sqrt(t.add(variance, 1e-5))))
  return t.channelAffine(x, scale, t.sub(beta, t.mul(mean, scale)))
}

const compositions: GradientCase[] = [
  row('batch norm', [of(4, 3, 3, 3), positive(3), of(3)], batchNorm, 2, 1e-2),
  row(
    'convolution, batch norm, softplus, pooling, softmax',
    [of(2, 3, 4, 4), of(4, 3, 3, 3), positive(4), of(4)],
    (x, w, gamma, beta) => {
      const y = t.sigmoid(batchNorm(t.convolution(x, w, { pads: 1 }), gamma, beta))
      return t.logSoftmax(t.flatten(t.globalAveragePool(t.averagePool(y, { kernel: 2 }))))
    },
    2,
    2e-2,
  ),
  row(
    'a mixture weighted by softmax',
    [of(2, 3, 4, 4), of(3, 3, 3, 3), of(2)],
    (x, w, alpha) => {
      const weights = t.softmax(alpha)
      return t.add(
        t.mul(t.convolution(x, w, { pads: 1 }), t.slice(weights, [0], [1])),
        t.mul(t.averagePool(x, { kernel: 3, stride: 1, pads: 1 }), t.slice(weights, [1], [2])),
      )
    },
    2,
    1e-2,
  ),
]

export const gradientCases: readonly GradientCase[] = [
  ...elementwise,
  ...shapes,
  ...products,
  ...convolutions,
  ...poolings,
  ...compositions,
]
