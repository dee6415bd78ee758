import { curveContestants, type CurveContestant } from './curve-contestants.ts'
import { comparePredictors, type PredictionResult } from './curve-predictions.ts'
import { type CurveSet, finalOf } from './curve-set.ts'
import { compareStoppers, type StopperResult } from './curve-stoppers.ts'
import { pickMany, randomFor } from '../space/index.ts'

/** What predictors and stoppers did on one set of curves. */
export interface CurveSetResult {
  readonly name: string
  readonly summary: string
  readonly metric: string
  readonly direction: 'maximize' | 'minimize'
  /** Curves used, of how many, and points of each. */
  readonly curves: number
  readonly of: number
  readonly epochs: number
  readonly best: number
  readonly predictions: readonly PredictionResult[]
  readonly stoppers: readonly StopperResult[]
}

export interface CurvesOptions {
  /** Those that were named; default: all, without the slow stoppers. */
  readonly contestants?: readonly CurveContestant[]
  /** Most curves of a set that are used. */
  readonly most: number
  readonly orderings: number
  readonly splits: number
  readonly seed: number
}

/** Parts of the training at which predictions are made. */
export const predictionShares = [0.1, 0.2, 0.4] as const

/** Compares predictors and stoppers on one set of learning curves. */
export function compareOnCurves(set: CurveSet, options: CurvesOptions): CurveSetResult {
  const contestants = options.contestants ?? curveContestants
  const stopping = options.contestants ?? curveContestants.filter(({ slow }) => slow !== true)
  const { most, orderings, splits, seed } = options
  const used: CurveSet = { ...set, curves: pickMany(randomFor(seed, 'curves', set.name), set.curves, Math.min(most, set.curves.length)) }
  const finals = used.curves.map(finalOf)
  return {
    name: set.name,
    summary: set.summary,
    metric: set.objective.metric,
    direction: set.objective.direction,
    curves: used.curves.length,
    of: set.curves.length,
    epochs: set.shares.length,
    best: set.objective.direction === 'maximize' ? Math.max(...finals) : Math.min(...finals),
    predictions: comparePredictors(used, contestants, { shares: predictionShares, train: 100, test: 100, splits, seed }),
    stoppers: compareStoppers(used, stopping, { orderings, seed }),
  }
}
