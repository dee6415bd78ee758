import { listed, readOptions } from '../strategy/options.ts'
import { type Bracket, halving } from './brackets.ts'
import type { ProxyEntry } from './proxy.ts'
import { rungOptions, type RungOptions, rungShares } from './rungs.ts'

/**
 * The brackets of Hyperband: from many trials that pause early to a few that are trained whole at once, each of about the same cost (algorithm 1 of the paper,
 * R the whole training, s_max the number of rungs).
 */
export function hyperbandBrackets({ eta, rungs }: RungOptions): readonly Bracket[] {
  return Array.from({ length: rungs + 1 }, (_, i) => {
    const s = rungs - i
    return { size: Math.ceil(((rungs + 1) / (s + 1)) * eta ** s), from: rungs - s }
  })
}

/** Hyperband: successive halving in brackets that differ in how early they judge, for nobody knows how far early results can be trusted. */
export const hyperband: ProxyEntry = {
  name: 'hyperband',
  summary: 'successive halving in brackets that judge earlier or later; with the strategy bohb it is BOHB',
  paper: 'Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar 2018, arXiv:1603.06560',
  options: listed(rungOptions),
  promotes: true,
  points: (options) => rungShares(readOptions('hyperband', rungOptions, options, 'proxy')),
  make({ objective }, options) {
    const given = readOptions('hyperband', rungOptions, options, 'proxy')
    return halving(hyperbandBrackets(given), given, objective)
  },
}
