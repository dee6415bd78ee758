import { findStrategy } from '../strategy/index.ts'
import type { OneShotEntry } from './one-shot.ts'
import { pathOptions } from './path-search.ts'
import { spos } from './spos.ts'
import { listed, readOptions } from '../strategy/options.ts'

/** Random search with weight sharing: a random path at each step, then random paths judged: what any learnt way of choosing paths must beat. */
export const randomSharing: OneShotEntry = {
  ...spos,
  name: 'random-sharing',
  summary: 'weight sharing: trains one random path at each step, then judges random paths: the baseline of this family',
  paper: 'Li and Talwalkar 2019, arXiv:1902.07638',
  options: listed(pathOptions),
  trainer: (context, options) => spos.trainer(context, readOptions('random-sharing', pathOptions, options)),
  proposer: (context) => findStrategy('random').make(context),
}
