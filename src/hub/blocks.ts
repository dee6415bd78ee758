import {
  activation,
  batchNorm,
  conv,
  depthwise,
  type Expression,
  identity,
  relu,
  roundWidth,
  separable,
  sequence,
  type SequenceTree,
  squeezeExcite,
  times,
  type Tree,
} from '../space/index.ts'

/** Convolution, batch norm, ReLU. */
export function convBlock(channels: Expression, kernel: Expression, stride: Expression = 1): SequenceTree {
  return sequence(conv(channels, kernel, { stride }), batchNorm(), relu())
}

/** Depthwise-separable convolution, batch norm, ReLU. */
export function separableBlock(channels: Expression, kernel: Expression, stride: Expression = 1): SequenceTree {
  return sequence(separable(channels, kernel, { stride }), batchNorm(), relu())
}

/** A width as the MobileNets round it. */
export const byEight = (width: Expression): Expression => roundWidth(width, 8)

/** Sizes of an inverted residual. */
export interface Inverted {
  readonly channels: Expression
  readonly kernel: Expression
  /** How many times wider the middle is; 1 leaves the widening out. */
  readonly expansion: Expression
  readonly stride?: Expression
  /** Default 'relu'. */
  readonly act?: 'relu' | 'hard-swish'
  /** Weighs the middle's channels through a quarter as many. */
  readonly squeeze?: boolean
}

/**
 * Inverted residual (Sandler et al. 2018, arXiv:1801.04381): widen by 1×1, convolve each channel by itself, narrow by 1×1; squeeze and excite in the
 * middle, where MobileNetV3 has it. The skip connection around it is not part of it.
 */
export function inverted({ channels, kernel, expansion, stride = 1, act = 'relu', squeeze = false }: Inverted): SequenceTree {
  const active = (): Tree => (act === 'relu' ? relu() : activation(act))
  const widen = expansion === 1 ? identity() : sequence(conv(byEight(times('same', expansion)), 1), batchNorm(), active())
  const weigh = squeeze ? squeezeExcite(byEight(times('same', 0.25)), { gate: 'hard-sigmoid' }) : identity()
  const narrow = sequence(conv(channels, 1), batchNorm())
  return sequence(widen, depthwise(kernel, { stride }), batchNorm(), active(), weigh, narrow)
}
