import { beginning, pointsUntil } from '../predict/curves/index.ts'
import { spearman } from '../predict/rank-correlation.ts'
import { pickMany, randomFor } from '../space/index.ts'
import type { CurveContestant, ExampleCurve } from './curve-contestants.ts'
import { type CurveSet, finalOf, noSpace, wholeTrial } from './curve-set.ts'
import { spreadOf } from './statistics.ts'
import { signOf } from '../proxy/observed.ts'
import { trialFeatures } from '../proxy/features.ts'

/** How well one predictor says the end from a part of the curve. */
export interface PredictionResult {
  readonly predictor: string
  readonly share: number
  /** Mean absolute error of the final value. */
  readonly error: number
  /** Median of the same: what a few curves that nobody can foresee do not move. */
  readonly medianError: number
  /** Spearman's correlation of the predictions with the final values. */
  readonly spearman: number
  /** Milliseconds a prediction, learning included. */
  readonly milliseconds: number
}

export interface PredictionOptions {
  readonly shares: readonly number[]
  /** Whole curves that are learned from, and curves that are predicted. */
  readonly train: number
  readonly test: number
  /** Draws of the curves to learn from; those predicted are the same in all. */
  readonly splits: number
  readonly seed: number
}

/** Compares predictors on one set; the means over the splits. */
export function comparePredictors(
  set: CurveSet,
  contestants: readonly CurveContestant[],
  options: PredictionOptions,
): readonly PredictionResult[] {
  const { seed } = options
  const sign = signOf(set.objective)
  const order = pickMany(
    randomFor(seed, 'test', set.name),
    set.curves.map((_, i) => i),
    set.curves.length,
  )
  const test = order.slice(0, Math.min(options.test, set.curves.length >> 1))
  const others = order.slice(test.length)
  const trials = set.curves.map((curve, i) => wholeTrial(set, curve, i))
  const features = trialFeatures(noSpace, trials)
  const examples = set.curves.map(
    (curve, i): ExampleCurve => ({
      shares: set.shares,
      values: curve.values.map((value) => sign * value),
      final: sign * finalOf(curve),
      features: features(trials[i]),
      costs: curve.costs,
    }),
  )
  const truths = test.map((i) => examples[i].final)
  return options.shares.flatMap((share) => {
    const points = Math.max(1, pointsUntil(set.shares, share))
    const begun = set.shares.slice(0, points)
    return contestants.flatMap(({ name, learns = false, predictor }) => {
      if (predictor === undefined) return []
      const began = performance.now()
      const runs = Array.from({ length: learns ? options.splits : 1 }, (_, split) => {
        const train = pickMany(randomFor(seed, 'train', set.name, split), others, Math.min(options.train, others.length))
        const predict = predictor(
          train.map((i) => examples[i]),
          begun,
          seed + split,
        )
        return test.map((i) => predict(beginning(examples[i], points), examples[i]))
      })
      const errors = runs.map((said) => said.map((value, i) => Math.abs(value - truths[i])))
      return [
        {
          predictor: name,
          share,
          error: spreadOf(errors.map((all) => spreadOf(all).mean)).mean,
          medianError: spreadOf(errors.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1])).mean,
          spearman: spreadOf(runs.map((said) => spearman(said, truths))).mean,
          milliseconds: (performance.now() - began) / (runs.length * test.length),
        },
      ]
    })
  })
}
