import { inProcessBatches } from '../../src/data/index.ts'
import type { OneShotContext } from '../../src/oneshot/index.ts'
import {
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  identity,
  relu,
  repeat,
  type SearchSpace,
  sequence,
  space,
} from '../../src/space/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { stripesData } from '../train/examples.ts'

/** Three layers with a choice among two convolutions and a skip, a searched depth and a searched width. */
export const elastic: SearchSpace = space(
  'elastic',
  sequence(
    conv(choice('width', [4, 8]), 3),
    batchNorm(),
    relu(),
    repeat(
      'depth',
      [1, 2],
      choice('op', { conv: sequence(conv('same', choice('kernel', [1, 3])), batchNorm(), relu()), skip: identity() }),
    ),
    globalPool(),
    dense('classes'),
  ),
)

/** One choice of three operations in a fixed frame. */
export const plain: SearchSpace = space(
  'plain',
  sequence(
    conv(8, 3),
    batchNorm(),
    relu(),
    ...['first', 'second'].map((name) =>
      choice(name, {
        conv3: sequence(conv(8, 3), batchNorm(), relu()),
        conv1: sequence(conv(8, 1), batchNorm(), relu()),
        skip: identity(),
      }),
    ),
    globalPool(),
    dense('classes'),
  ),
)

export async function contextOf(searched: SearchSpace, seed = 3): Promise<OneShotContext> {
  return {
    runtime: await createNodeRuntime(),
    dataset: stripesData(),
    space: searched,
    openBatches: inProcessBatches,
    seed,
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    threads: 1,
    shared: true,
  }
}
