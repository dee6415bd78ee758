import { listed, readOptions } from '../strategy/options.ts'
import type { ObservedTrial, ProxyEntry } from './proxy.ts'
import { rankedAt, rungOf, rungOptions, rungShares, valueAt } from './rungs.ts'

/**
 * Asynchronous successive halving: whenever there is room, a trial that is among the best 1/eta of its rung goes on to the next; otherwise a new one begins at
 * the bottom. Nobody waits.
 */
export const asha: ProxyEntry = {
  name: 'asha',
  summary: 'asynchronous successive halving: trials pause at rungs, and whenever there is room the best 1/eta of a rung go on',
  paper: 'Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht, Talwalkar 2020, arXiv:1810.05934',
  options: listed(rungOptions),
  promotes: true,
  points: (options) => rungShares(readOptions('asha', rungOptions, options, 'proxy')),
  make({ objective }, options) {
    const given = readOptions('asha', rungOptions, options, 'proxy')
    const shares = rungShares(given)
    const best = (trials: readonly ObservedTrial[], rung: number): readonly ObservedTrial[] => {
      const ranked = rankedAt(trials, shares[rung], objective)
      return ranked.slice(0, Math.floor(ranked.length / given.eta))
    }
    return {
      judge(trial, others) {
        const rung = rungOf(trial, shares)
        if (rung < 0 || rung >= shares.length) return 'continue'
        const all = [...others, trial]
        if (best(all, rung).some(({ number }) => number === trial.number)) return 'continue'
        const place = rankedAt(all, shares[rung], objective).findIndex(({ number }) => number === trial.number) + 1
        const reached = all.filter((one) => valueAt(one, shares[rung]) !== undefined).length
        return { stop: `it is number ${place} of the ${reached} that reached rung ${rung + 1}, of which the best 1/${given.eta} go on` }
      },
      promote(trials) {
        for (let rung = shares.length - 1; rung >= 0; rung--) {
          const next = best(trials, rung).find((trial) => trial.status === 'paused' && rungOf(trial, shares) === rung)
          if (next) return next.number
        }
        return undefined
      },
    }
  },
}
