import {
  add,
  batchNorm,
  choice,
  conv,
  dense,
  divide,
  equals,
  globalPool,
  identity,
  index,
  relu,
  repeat,
  scope,
  type SearchSpace,
  separable,
  sequence,
  share,
  space,
  type Expression,
  type Tree,
  when,
  zero,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'residual blocks: their number, kind, kernel and width in each stage, and which of them have a skip connection'

/** What a block adds to its input: two convolutions, a bottleneck of 1×1, 3×3, 1×1, or two separable convolutions. */
function body(width: Expression, stride: Expression): Tree {
  return choice('op', {
    basic: sequence(convBlock(width, 3, stride), conv(width, 3), batchNorm()),
    bottleneck: sequence(
      convBlock(divide(width, 2), 1),
      convBlock(divide(width, 2), choice('kernel', [3, 5]), stride),
      conv(width, 1),
      batchNorm(),
    ),
    separable: sequence(separable(width, choice('kernel', [3, 5]), { stride }), batchNorm(), relu(), separable(width, 3), batchNorm()),
  })
}

/** Blocks of one width; the first one makes the image smaller by the stride. */
function stage(name: string, depth: readonly [number, number], widths: readonly number[], stride: number): Tree {
  const width = share(`${name}Width`, choice('width', widths))
  const first = stride === 1 ? 1 : when(equals(index(), 0), stride, 1)
  return repeat(name, depth, add(body(width, first), choice('skip', { yes: identity(), no: zero() })), relu())
}

/**
 * Residual networks (He et al. 2016) with their skip connections, kinds of block, widths and depths as decisions. A skip that changes the shape is a
 * 1×1 projection, as in the paper's option B.
 */
export const resnet: SpaceEntry = {
  name: 'resnet',
  summary,
  paper: 'He, Zhang, Ren, Sun 2016, arXiv:1512.03385',
  kinds: ['image', 'signal'],
  make: (): SearchSpace =>
    space(
      'resnet',
      sequence(
        scope('stem', convBlock(choice('width', [16, 32]), 3, choice('stride', [1, 2]))),
        stage('first', [1, 2], [16, 32], 1),
        stage('second', [1, 3], [32, 48, 64], 2),
        stage('third', [1, 3], [64, 96, 128], 2),
        globalPool(),
        dense('classes'),
      ),
      { summary, hyperparameters: { learningRate: choice('learningRate', [0.02, 0.05, 0.1, 0.2]) } },
    ),
}
