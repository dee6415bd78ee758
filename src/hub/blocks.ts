import { batchNorm, conv, type Expression, relu, separable, sequence, type SequenceTree } from '../space/index.ts'

/** Convolution, batch norm, ReLU. */
export function convBlock(channels: Expression, kernel: Expression, stride: Expression = 1): SequenceTree {
  return sequence(conv(channels, kernel, { stride }), batchNorm(), relu())
}

/** Depthwise-separable convolution, batch norm, ReLU. */
export function separableBlock(channels: Expression, kernel: Expression, stride: Expression = 1): SequenceTree {
  return sequence(separable(channels, kernel, { stride }), batchNorm(), relu())
}
