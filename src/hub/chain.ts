import {
  averagePool,
  choice,
  dense,
  dropout,
  globalPool,
  identity,
  maxPool,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  space,
  type Tree,
} from '../space/index.ts'
import { convBlock, separableBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'chain of convolution blocks: depth, kind, width and kernel of every block, pooling places'

/** Blocks of one resolution; each decides its kind, and the width and kernel that belong to that kind. */
function blocks(from: number, to: number, widths: readonly number[]): Tree {
  const block = choice('op', {
    conv: convBlock(choice('width', widths), choice('kernel', [3, 5])),
    separable: separableBlock(choice('width', widths), choice('kernel', [3, 5, 7])),
  })
  return repeat('depth', [from, to], block)
}

const pool = choice('pool', { max: maxPool(2), average: averagePool(2) })
const optionalPool = choice('pool', { none: identity(), max: maxPool(2), average: averagePool(2) })

/**
 * The macro space: a chain of blocks without skip connections, as in the first layer-by-layer searches. A stem, three stages of one to three
 * blocks with poolings between them (those after the stem and the last stage optional), a global pooling and a classifier.
 */
export const chain: SpaceEntry = {
  name: 'chain',
  summary,
  paper: 'Baker, Gupta, Naik, Raskar 2017, arXiv:1611.02167',
  kinds: ['image', 'signal'],
  make: (): SearchSpace =>
    space(
      'chain',
      sequence(
        scope('stem', convBlock(choice('width', [16, 32]), 3), optionalPool),
        scope('first', blocks(1, 2, [16, 32]), pool),
        scope('second', blocks(1, 3, [32, 48, 64]), pool),
        scope('third', blocks(1, 3, [64, 96, 128])),
        globalPool(),
        dropout(choice('dropout', [0, 0.2])),
        dense('classes'),
      ),
      { summary, hyperparameters: { learningRate: choice('learningRate', [0.02, 0.05, 0.1, 0.2]) } },
    ),
}
