import type { OptionSpecs } from '../strategy/options.ts'
import type { Objective } from '../strategy/strategy.ts'
import type { ObservedTrial } from './proxy.ts'

/** Options of everything that has rungs. */
export const rungOptions = {
  eta: { summary: 'one in so many goes on from a rung to the next', default: 3, from: 2, to: 10, whole: true },
  rungs: { summary: 'rungs below the whole training, each eta times as far as the one before', default: 2, from: 1, to: 8, whole: true },
} satisfies OptionSpecs

export interface RungOptions {
  readonly eta: number
  readonly rungs: number
}

/** Shares of the training at which the rungs lie, the lowest first; the whole training is none of them. */
export const rungShares = ({ eta, rungs }: RungOptions): readonly number[] =>
  Array.from({ length: rungs }, (_, rung) => eta ** (rung - rungs))

/** Points of a curve are at whole steps: nearly at a rung is at it. */
const near = 0.02

/** A trial's value at a share of the training; undefined before it was there. */
export function valueAt({ curve, final }: Pick<ObservedTrial, 'curve' | 'final'>, share: number): number | undefined {
  if (share >= 1) return final
  return curve.find((point) => Math.abs(point.share - share) <= near * share)?.value
}

/** The rung that a trial stands on, from 0; -1 below the first; as many as there are rungs when it is finished. */
export function rungOf(trial: ObservedTrial, shares: readonly number[]): number {
  if (trial.final !== undefined) return shares.length
  return shares.findLastIndex((share) => valueAt(trial, share) !== undefined)
}

/** Values best first. Numbers that are none come last. */
export const compareBy =
  ({ direction }: Pick<Objective, 'direction'>) =>
  (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    return direction === 'maximize' ? b - a : a - b
  }

/** Trials that reached a share, the best there first, earlier ones first among equals. */
export function rankedAt(
  trials: readonly ObservedTrial[],
  share: number,
  objective: Pick<Objective, 'direction'>,
): readonly ObservedTrial[] {
  const order = compareBy(objective)
  return trials
    .flatMap((trial) => {
      const value = valueAt(trial, share)
      return value === undefined ? [] : [{ trial, value }]
    })
    .sort((a, b) => order(a.value, b.value) || a.trial.number - b.trial.number)
    .map(({ trial }) => trial)
}
