import type { Objective } from '../strategy/strategy.ts'
import type { ObservedTrial, Proxy } from './proxy.ts'
import { rankedAt, rungOf, type RungOptions, rungShares, valueAt } from './rungs.ts'

/** Trials that compete with each other: `size` of them, which pause first at the rung `from`. */
export interface Bracket {
  readonly size: number
  readonly from: number
}

/** One after the other and again from the first on; trials belong to them by their numbers. */
export function placeOf(number: number, brackets: readonly Bracket[]): Bracket & { readonly first: number } {
  const round = brackets.reduce((sum, { size }) => sum + size, 0)
  let first = Math.floor(number / round) * round
  for (const bracket of brackets) {
    if (number < first + bracket.size) return { ...bracket, first }
    first += bracket.size
  }
  throw new RangeError('brackets are empty')
}

/**
 * Synchronous halving within brackets: all members pause at a rung; when the last one is there the best 1/eta of them go on. A failed member is the worst.
 */
export function halving(brackets: readonly Bracket[], given: RungOptions, objective: Objective): Proxy {
  const shares = rungShares(given)
  /** Members that may go on from a rung, once all are there. */
  const chosen = (trials: readonly ObservedTrial[], number: number, rung: number): readonly ObservedTrial[] => {
    const { first, size, from } = placeOf(number, brackets)
    if (rung < from) return []
    const members = trials.filter((trial) => trial.number >= first && trial.number < first + size)
    if (members.length < size) return []
    // Those that did not come up to this rung are still on a lower one, or have failed.
    const left = Math.floor(size / given.eta ** (rung - from))
    const there = rankedAt(members, shares[rung], objective)
    const came = (trial: ObservedTrial): boolean => rung === from || valueAt(trial, shares[rung - 1]) !== undefined
    const lost = members.filter((trial) => trial.status === 'failed' && came(trial) && valueAt(trial, shares[rung]) === undefined).length
    if (there.length < Math.max(1, left - lost)) return []
    return there.slice(0, Math.max(1, Math.floor(left / given.eta)))
  }
  return {
    judge(trial, others) {
      const rung = rungOf(trial, shares)
      const { from, size } = placeOf(trial.number, brackets)
      if (rung < from || rung >= shares.length || valueAt(trial, shares[rung]) === undefined) return 'continue'
      if (chosen([...others, trial], trial.number, rung).some(({ number }) => number === trial.number)) return 'continue'
      return { stop: `it waits at rung ${rung + 1} for the others of its bracket of ${size}, of which the best 1/${given.eta} go on` }
    },
    promote(trials) {
      for (let rung = shares.length - 1; rung >= 0; rung--) {
        const waiting = trials.filter((trial) => trial.status === 'paused' && rungOf(trial, shares) === rung)
        const next = waiting.find((trial) => chosen(trials, trial.number, rung).some(({ number }) => number === trial.number))
        if (next) return next.number
      }
      return undefined
    },
  }
}
