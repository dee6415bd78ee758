import * as t from '../../src/tensor/index.ts'
import type { Shape, Tensor } from '../../src/tensor/index.ts'
import type { Fill, GradientCase } from './gradient-cases.ts'

type Input = GradientCase['inputs'][number]
const of = (...shape: number[]): Input => ({ shape })
const filled = (fill: Fill, shape: Shape): Input => ({ shape, fill })

/** Rows that sum to 1, out of any tensor [N, K]. */
const distribution = (x: Tensor): Tensor => t.softmax(x)

const cases: readonly GradientCase[] = [
  { name: 'dense', inputs: [of(3, 4), of(4, 2), of(2)], build: (x, w, b) => t.square(t.dense(x, w, b)) },
  { name: 'dense on three axes', inputs: [of(2, 3, 4), of(4, 2)], build: (x, w) => t.dense(x, w) },
  { name: 'gelu', inputs: [of(3, 5)], build: (x) => t.gelu(x) },
  { name: 'silu', inputs: [of(3, 5)], build: (x) => t.silu(x) },
  { name: 'hard-swish', inputs: [filled('spread', [3, 5])], build: (x) => t.hardSwish(x) },
  {
    name: 'batch norm of images',
    inputs: [of(4, 3, 3, 2), filled('positive', [3]), of(3)],
    build: (x, scale, shift) => t.batchNormTraining(x, scale, shift, { epsilon: 0.05 }).output,
    tolerance: 2e-2,
  },
  {
    name: 'batch norm of rows',
    inputs: [of(6, 4), filled('positive', [4]), of(4)],
    build: (x, scale, shift) => t.batchNormTraining(x, scale, shift, { epsilon: 0.05 }).output,
    tolerance: 2e-2,
  },
  {
    name: 'batch norm, a sum and ReLU in one',
    inputs: [of(4, 2, 3, 2), filled('positive', [2]), of(2), filled('spread', [4, 2, 3, 2])],
    // The sum keeps every value far from ReLU's kink.
    build: (x, scale, shift, rest) =>
      t.batchNormTraining(x, scale, t.mul(shift, 0.01), { epsilon: 20, add: t.mul(rest, 9), relu: true }).output,
    tolerance: 2e-2,
  },
  {
    name: 'statistics of batch norm',
    inputs: [of(4, 3, 2, 2)],
    build: (x) => {
      const { mean, variance } = t.batchNormTraining(x, t.ones([3]), t.zeros([3]))
      return t.add(t.square(mean), variance)
    },
  },
  {
    name: 'convolution and batch norm',
    inputs: [of(3, 2, 4, 4), of(3, 2, 3, 3), filled('positive', [3]), of(3)],
    build: (x, w, scale, shift) => t.batchNormTraining(t.convolution(x, w, { pads: 1, stride: 2 }), scale, shift, { epsilon: 0.3 }).output,
    tolerance: 2e-2,
  },
  {
    name: 'batch norm for inference',
    inputs: [of(3, 2, 2, 2), of(2), of(2), of(2), filled('positive', [2])],
    build: (x, scale, shift, mean, variance) => t.batchNormInference(x, { scale, shift, mean, variance }),
  },
  {
    name: 'layer norm',
    inputs: [of(4, 6), of(6), of(6)],
    build: (x, scale, shift) => t.layerNorm(x, scale, shift, { epsilon: 0.05 }),
    tolerance: 2e-2,
  },
  {
    name: 'layer norm over two axes',
    inputs: [of(2, 3, 4), of(3, 4), of(3, 4)],
    build: (x, scale, shift) => t.layerNorm(x, scale, shift, { epsilon: 0.05 }),
    tolerance: 2e-2,
  },
  { name: 'cross-entropy', inputs: [of(4, 3), of(4, 3)], build: (x, y) => t.softmaxCrossEntropy(x, distribution(y)) },
  {
    name: 'cross-entropy with label smoothing',
    inputs: [of(4, 3), of(4, 3)],
    build: (x, y) => t.softmaxCrossEntropy(x, distribution(y), { labelSmoothing: 0.1 }),
  },
  { name: 'mean squared error', inputs: [of(4, 3), of(4, 3)], build: (x, y) => t.meanSquaredError(x, y) },
  {
    name: 'lstm',
    inputs: [of(2, 3, 2), of(2, 12), of(3, 12), of(12)],
    build: (x, input, recurrent, bias) => {
      const { outputs, state } = t.lstm(x, { input, recurrent, bias })
      return t.concat([t.reshape(outputs, [2, 9]), state.cell], 1)
    },
    tolerance: 1e-2,
  },
]

/** Functions made of ops: layers, losses. Twice, because a search differentiates through a training step. */
export const functionCases: readonly GradientCase[] = cases.map((test) => ({ order: 2, ...test }))
