import { findStrategy } from '../strategy/index.ts'
import type { OneShotEntry } from './one-shot.ts'
import { spos } from './spos.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'

const specs = {
  learningRate: {
    summary: 'first learning rate of the shared weights; 0: half of what suits a single network',
    default: 0,
    from: 0,
    to: 10,
  },
} satisfies OptionSpecs

/** Random search with weight sharing: a random path at each step, then random paths judged: what any learnt way of choosing paths must beat. */
export const randomSharing: OneShotEntry = {
  ...spos,
  name: 'random-sharing',
  summary: 'weight sharing: trains one random path at each step, then judges random paths: the baseline of this family',
  paper: 'Li and Talwalkar 2019, arXiv:1902.07638',
  options: listed(specs),
  trainer: (context, options) => spos.trainer(context, readOptions('random-sharing', specs, options)),
  proposer: (context) => findStrategy('random').make(context),
}
