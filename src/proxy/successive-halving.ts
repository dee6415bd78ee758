import { listed, readOptions } from '../strategy/options.ts'
import { halving } from './brackets.ts'
import type { ProxyEntry } from './proxy.ts'
import { rungOptions, rungShares } from './rungs.ts'

/** Successive halving: eta to the number of rungs begin together; at each rung all wait for the last one, then the best 1/eta go on. */
export const successiveHalving: ProxyEntry = {
  name: 'successive-halving',
  summary: 'trials begin in groups and pause at rungs; when all of a group are there the best 1/eta go on',
  paper: 'Jamieson, Talwalkar 2016, arXiv:1502.07943',
  options: listed(rungOptions),
  promotes: true,
  points: (options) => rungShares(readOptions('successive-halving', rungOptions, options, 'proxy')),
  make({ objective }, options) {
    const given = readOptions('successive-halving', rungOptions, options, 'proxy')
    return halving([{ size: given.eta ** given.rungs, from: 0 }], given, objective)
  },
}
