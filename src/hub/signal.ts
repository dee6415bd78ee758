import {
  add,
  averagePool,
  batchNorm,
  choice,
  concat,
  conv,
  dense,
  dropout,
  type Expression,
  globalPool,
  identity,
  index,
  maxPool,
  power,
  relu,
  repeat,
  scope,
  type SearchSpace,
  separable,
  sequence,
  share,
  space,
  type Tree,
  zero,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'convolutions over the length of signals: depth, kind, width, kernel and dilation of blocks, skips, pooling'

/** Behind one narrow convolution, windows of three lengths side by side and a pooling (after InceptionTime, Fawaz et al. 2019, arXiv:1909.04939). */
const windows = (width: Expression): Tree =>
  sequence(conv(width, 1), concat(conv('same', 5), conv('same', 11), conv('same', 23), maxPool(3, { stride: 1 })))

/** What a block adds to its input. Round i of a stage reaches dilation^i steps apart, as in temporal convolutional networks (Bai et al. 2018). */
function body(width: Expression, dilation: Expression): Tree {
  const kernel = choice('kernel', [3, 5, 9, 17])
  const apart = power(dilation, index())
  return choice('op', {
    conv: sequence(conv(width, kernel, { dilation: apart }), batchNorm()),
    separable: sequence(separable(width, kernel, { dilation: apart }), batchNorm()),
    inception: sequence(windows(choice('branch', [8, 16, 32])), batchNorm()),
  })
}

/** Blocks of one width and one growth of the dilation. */
function stage(name: string, depth: readonly [number, number], widths: readonly number[]): Tree {
  const width = share(`${name}Width`, choice('width', widths))
  const dilation = share(`${name}Dilation`, choice('dilation', [1, 2]))
  return repeat(name, depth, add(body(width, dilation), choice('skip', { yes: identity(), no: zero() })), relu())
}

/**
 * Networks for signals and time series: strided stem, three stages of dilated, separable or inception blocks with or without skip connections, poolings
 * between them, mean over the length.
 */
export const signal: SpaceEntry = {
  name: 'signal',
  summary,
  paper: 'Wang, Yan, Oates 2017, arXiv:1611.06455; Bai, Kolter, Koltun 2018, arXiv:1803.01271',
  kinds: ['signal'],
  make: (): SearchSpace => {
    const pool = choice('pool', { none: identity(), max: maxPool(2), average: averagePool(2) })
    return space(
      'signal',
      sequence(
        scope('stem', convBlock(choice('width', [16, 32]), choice('kernel', [3, 7, 15]), choice('stride', [1, 2]))),
        stage('first', [1, 3], [16, 32]),
        scope('firstPool', pool),
        stage('second', [1, 3], [32, 64]),
        scope('secondPool', pool),
        stage('third', [0, 3], [64, 128]),
        globalPool(),
        dropout(choice('dropout', [0, 0.2, 0.4])),
        dense('classes'),
      ),
      { summary, hyperparameters: { learningRate: choice('learningRate', [5e-4, 1e-3, 2e-3, 5e-3]) } },
    )
  },
}
