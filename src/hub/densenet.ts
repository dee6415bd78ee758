import {
  add,
  averagePool,
  batchNorm,
  choice,
  concat,
  conv,
  dense,
  type Expression,
  globalPool,
  identity,
  relu,
  repeat,
  roundTo,
  scope,
  separable,
  type SearchSpace,
  sequence,
  share,
  space,
  times,
  type Tree,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'dense blocks: growth, number and kind of layers, and whether each joins, adds or replaces what came before'

/** Batch norm and ReLU come before a convolution, as in the paper. */
const before = (...convolutions: readonly Tree[]): Tree => sequence(...convolutions.flatMap((tree) => [batchNorm(), relu(), tree]))

/** What a layer adds to the state: a convolution of the growth's width, straight, behind a 1×1 bottleneck, or separable. */
function body(growth: Expression): Tree {
  return choice('op', {
    conv: before(conv(growth, 3)),
    bottleneck: before(conv(growth, 1), conv(growth, choice('kernel', [3, 5]))),
    separable: before(separable(growth, choice('kernel', [3, 5, 7]))),
  })
}

/** A block of layers; each one's result is joined with the state (dense), added to it (skip), or takes its place (none). */
function block(name: string, depth: readonly [number, number], growth: Expression): Tree {
  return repeat(
    name,
    depth,
    choice('connect', { dense: concat(identity(), body(growth)), skip: add(identity(), body(growth)), none: body(growth) }),
  )
}

/** Halves the extents, and the channels if so decided. */
function transition(name: string): Tree {
  const kept = choice('compression', [0.5, 1])
  return scope(name, batchNorm(), relu(), conv(roundTo(times('same', kept), 16), 1), averagePool(2))
}

/** Densely connected networks (Huang et al. 2017) whose connections, growth, depths and compression are decisions. */
export const densenet: SpaceEntry = {
  name: 'densenet',
  summary,
  paper: 'Huang, Liu, van der Maaten, Weinberger 2017, arXiv:1608.06993',
  kinds: ['image', 'signal'],
  make: (): SearchSpace => {
    const growth = share('growth', choice('growth', [16, 32]))
    return space(
      'densenet',
      sequence(
        scope('stem', convBlock(choice('width', [16, 32]), 3, choice('stride', [1, 2]))),
        block('first', [1, 2], growth),
        transition('firstTransition'),
        block('second', [1, 3], growth),
        transition('secondTransition'),
        block('third', [1, 4], growth),
        batchNorm(),
        relu(),
        globalPool(),
        dense('classes'),
      ),
      { summary, hyperparameters: { learningRate: choice('learningRate', [0.02, 0.05, 0.1, 0.2]) } },
    )
  },
}
