import * as t from '../../src/tensor/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'

type Build = (...inputs: Tensor[]) => Tensor | readonly Tensor[]

const batchNorm: Build = (x, scale, shift) => {
  const { output, mean, variance } = t.batchNormTraining(x, scale, shift)
  return [output, t.runningStatistic(t.zeros(mean.shape), mean), t.runningStatistic(t.ones(variance.shape), variance)]
}
const target = (y: Tensor): Tensor => t.softmax(t.mul(y, 3))

/** Validation loss after one virtual step on the weights, as second-order DARTS differentiates it. */
const darts: Build = (x, y, xValid, yValid, w, scale, shift, head, alpha) => {
  const shares = t.split(t.softmax(alpha), [1, 1, 1], 0)
  const loss = (images: Tensor, targets: Tensor, [kernel, factor, offset, last]: readonly Tensor[]): Tensor => {
    const convolved = t.batchNormTraining(t.convolution(t.relu(images), kernel, { pads: 1 }), factor, offset).output
    const operations = [convolved, t.averagePool(images, { kernel: 3, stride: 1, pads: 1 }), images]
    const mixed = t.addAll(operations.map((operation, i) => t.mul(operation, shares[i])))
    return t.softmaxCrossEntropy(t.dense(t.flatten(t.globalAveragePool(mixed)), last), target(targets))
  }
  const weights = [w, scale, shift, head]
  const slopes = t.gradients(loss(x, y, weights), weights)
  return loss(
    xValid,
    yValid,
    weights.map((weight, i) => t.sub(weight, t.mul(slopes[i], 0.5))),
  )
}

/** The layers of test/golden/layers.py, by the same names. */
export const goldenLayers: Readonly<Record<string, Build>> = {
  'convolution 3x3': (x, w) => t.convolution(x, w, { pads: 1 }),
  'convolution 1x1': (x, w) => t.convolution(x, w),
  'convolution 5x5 stride 2': (x, w) => t.convolution(x, w, { pads: 2, stride: 2 }),
  'convolution 3x3 dilation 2': (x, w) => t.convolution(x, w, { pads: 2, dilation: 2 }),
  'convolution 3x3 groups 4': (x, w) => t.convolution(x, w, { pads: 1, groups: 4 }),
  'depthwise 3x3': (x, w) => t.convolution(x, w, { pads: 1, groups: 16 }),
  'depthwise 5x5 stride 2': (x, w) => t.convolution(x, w, { pads: 2, stride: 2, groups: 16 }),
  'depthwise 3x3 dilation 2': (x, w) => t.convolution(x, w, { pads: 2, dilation: 2, groups: 16 }),
  'convolution with bias': (x, w, bias) => t.convolution(x, w, { pads: 1, bias }),
  'convolution of odd channels': (x, w) => t.convolution(x, w, { pads: 1, stride: 2 }),
  'max-pool 2': (x) => t.maxPool(x, { kernel: 2 }),
  'max-pool 3 stride 1': (x) => t.maxPool(x, { kernel: 3, stride: 1, pads: 1 }),
  'max-pool 3 stride 2': (x) => t.maxPool(x, { kernel: 3, stride: 2, pads: 1 }),
  'average-pool 2': (x) => t.averagePool(x, { kernel: 2 }),
  'average-pool 3 stride 1': (x) => t.averagePool(x, { kernel: 3, stride: 1, pads: 1 }),
  'average-pool 3 without padding': (x) => t.averagePool(x, { kernel: 3, stride: 1, pads: 1, countIncludePad: false }),
  'average-pool 3 stride 2': (x) => t.averagePool(x, { kernel: 3, stride: 2, pads: 1, countIncludePad: false }),
  'global average-pool': (x) => t.flatten(t.globalAveragePool(x)),
  dense: t.dense,
  'batch norm': batchNorm,
  'batch norm of rows': batchNorm,
  'batch norm, sum and relu': (x, scale, shift, rest) => t.batchNormTraining(x, scale, shift, { add: rest, relu: true }).output,
  'batch norm for inference': (x, scale, shift, mean, deviation) =>
    t.batchNormInference(x, { scale, shift, mean, variance: t.add(t.square(deviation), 0.5) }),
  'layer norm': (x, scale, shift) => t.layerNorm(x, scale, shift),
  relu: t.relu,
  gelu: (x) => t.gelu(t.mul(x, 3)),
  silu: (x) => t.silu(t.mul(x, 3)),
  tanh: t.tanh,
  sigmoid: t.sigmoid,
  'hard-swish': (x) => t.hardSwish(t.mul(x, 4)),
  softmax: (x) => t.softmax(x),
  'log-softmax': (x) => t.logSoftmax(x),
  'cross-entropy': (x, y) => t.softmaxCrossEntropy(x, target(y)),
  'cross-entropy, smoothing': (x, y) => t.softmaxCrossEntropy(x, target(y), { labelSmoothing: 0.1 }),
  'mean squared error': t.meanSquaredError,
  embedding: (table) => t.embedding(table, t.constant(BigInt64Array.of(0n, 3n, 3n, 6n, 1n, 0n), [2, 3])),
  'darts, second order': darts,
  lstm: (x, input, recurrent, bias) => {
    const { outputs, state } = t.lstm(x, { input, recurrent, bias })
    return [outputs, state.hidden, state.cell]
  },
}
