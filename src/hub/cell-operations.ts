import { batchNorm, concat, conv, depthwise, identity, relu, sequence, type SequenceTree, shift, type Tree } from '../space/index.ts'

/** ReLU, convolution, batch norm. */
export function reluConvNorm(channels: number | 'same', kernel: number, stride = 1): SequenceTree {
  return sequence(relu(), conv(channels, kernel, { stride }), batchNorm())
}

/** ReLU, separable convolution, batch norm, twice; the first one has the stride (Zoph et al. 2018, arXiv:1707.07012). */
export function separableTwice(channels: number, kernel: number, stride: number): SequenceTree {
  const once = (step: number): Tree[] => [
    relu(),
    depthwise(kernel, { stride: step, bias: false }),
    conv(channels, 1, { name: 'pointwise' }),
    batchNorm(),
  ]
  return sequence(...once(stride), ...once(1))
}

/** ReLU, dilated separable convolution, batch norm (Liu, Simonyan and Yang 2019, arXiv:1806.09055). */
export function dilatedSeparable(channels: number, kernel: number, stride: number): SequenceTree {
  return sequence(relu(), depthwise(kernel, { stride, dilation: 2, bias: false }), conv(channels, 1, { name: 'pointwise' }), batchNorm())
}

/** ReLU, dilated convolution, batch norm. */
export function dilatedConv(channels: number, kernel: number, stride: number): SequenceTree {
  return sequence(relu(), conv(channels, kernel, { stride, dilation: 2 }), batchNorm())
}

/** ReLU, a row and a column of a kernel one after the other, batch norm (Szegedy et al. 2016, arXiv:1512.00567). */
export function rowThenColumn(channels: number, kernel: number, stride: number): SequenceTree {
  const row = conv(channels, 1, { width: kernel, stride, bias: false, name: 'row' })
  return sequence(relu(), row, conv(channels, kernel, { width: 1, name: 'column' }), batchNorm())
}

/**
 * Halves the extents without leaving elements out: two 1×1 convolutions of stride 2, one on the input moved by an element, give half the channels each
 * (factorised reduction of the NASNet, ENAS and DARTS cells).
 */
export function factorisedReduction(channels: number): SequenceTree {
  const half = (width: number): Tree => conv(width, 1, { stride: 2, bias: false })
  const moved = Math.floor(channels / 2)
  return sequence(relu(), concat(half(channels - moved), sequence(shift(), half(moved))), batchNorm())
}

/** Passes its input on; where it is to be made smaller, by a factorised reduction. */
export const skip = (channels: number, stride: number): Tree => (stride === 1 ? identity() : factorisedReduction(channels))
