import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { softmax } from '../tensor/index.ts'
import { darts, differentiableOptions, differentiableTrainer } from './darts.ts'
import { firstOrder } from './hypergradient.ts'
import type { OneShotEntry } from './one-shot.ts'
import type { Relaxation } from './relaxed.ts'

const specs = {
  ...differentiableOptions,
  parts: { summary: 'parts of the channels, of which the alternatives see one', default: 4, from: 1, to: 64, whole: true },
} satisfies OptionSpecs

/**
 * Partially connected DARTS: alternatives see a part of the channels, which saves memory and favours no operation without weights; edges have weights of their
 * own. Channels are rotated rather than shuffled, so that each part has its turn.
 */
export const pcDarts: OneShotEntry = {
  ...darts,
  name: 'pc-darts',
  summary: 'differentiable: alternatives see a part of the channels, and edges are weighted; less prone to skip connections',
  paper: 'Xu, Xie, Zhang, Chen, Qi, Tian, Xiong 2020, arXiv:1907.05737',
  options: listed(specs),
  trainer(context, options) {
    const given = readOptions('pc-darts', specs, options)
    const relaxation: Relaxation = { weights: (alphas) => softmax(alphas), sources: (alphas) => softmax(alphas), partial: given.parts }
    return differentiableTrainer(context, given, { relaxation, hypergradient: firstOrder })
  },
}
