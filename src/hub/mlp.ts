import {
  activation,
  batchNorm,
  choice,
  columnEmbedding,
  dense,
  dropout,
  identity,
  layerNorm,
  repeat,
  residual,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  times,
} from '../space/index.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'networks for tables: plain or residual, depth, width, activation, normalisation, dropout, width of category embeddings'
const widths = [32, 64, 128, 256]

/**
 * Fully connected networks for tables: plain, or residual blocks that normalise first (Gorishniy et al. 2021), over numbers and embedded categories
 * (Guo and Berkhahn 2016, arXiv:1604.06737).
 */
export const mlp: SpaceEntry = {
  name: 'mlp',
  summary,
  paper: 'Gorishniy, Rubachev, Khrulkov, Babenko 2021, arXiv:2106.11959',
  kinds: ['table'],
  make: (): SearchSpace => {
    const act = activation(share('activation', choice('activation', ['relu', 'gelu', 'silu', 'tanh'])))
    const norm = share('norm', choice('norm', { batch: batchNorm(), layer: layerNorm(), none: identity() }))
    const drop = dropout(share('dropout', choice('dropout', [0, 0.1, 0.25, 0.5])))
    const width = share('width', choice('width', widths))
    return space(
      'mlp',
      sequence(
        scope('categories', columnEmbedding(choice('width', [2, 4, 8, 16]))),
        choice('kind', {
          plain: repeat('depth', [1, 4], dense(choice('width', widths)), norm, act, drop),
          residual: sequence(
            dense(width),
            repeat('depth', [1, 4], residual(norm, dense(times(width, choice('expansion', [1, 2]))), act, drop, dense(width))),
            norm,
            act,
          ),
        }),
        dense('classes'),
      ),
      {
        summary,
        hyperparameters: {
          learningRate: choice('learningRate', [3e-4, 1e-3, 3e-3, 1e-2]),
          weightDecay: choice('weightDecay', [0, 1e-3, 1e-2, 1e-1]),
        },
      },
    )
  },
}
