import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import {
  choosePrior,
  type Curve,
  type CurveBelief,
  CurveRegression,
  fewestPoints,
  fitCorrection,
  lastSeen,
  thaw,
  type WholeCurve,
} from '../predict/curves/index.ts'
import { regressors } from '../predict/regressors/registry.ts'
import type { RegressorEntry } from '../predict/regressors/regressor.ts'
import { ridge } from '../predict/regressors/ridge.ts'
import { beliefJudge } from '../proxy/belief-judge.ts'
import { corrected } from '../proxy/corrected.ts'
import { continued } from '../proxy/curve.ts'
import { freezeThaw } from '../proxy/freeze-thaw.ts'
import { median } from '../proxy/median.ts'
import { patience } from '../proxy/patience.ts'
import type { Proxy, ProxyContext } from '../proxy/proxy.ts'
import { regression } from '../proxy/regression.ts'
import { threshold } from '../proxy/threshold.ts'
import { randomFor } from '../space/index.ts'

/** A curve that a predictor learns from or continues, turned so that more is better. */
export interface ExampleCurve extends WholeCurve {
  readonly costs: Readonly<Record<string, number>>
}

/** Says what a curve's beginning comes to. */
export type Predict = (beginning: Curve, example: ExampleCurve) => number

/** Something that predicts the end of curves, stops trials, or both. */
export interface CurveContestant {
  readonly name: string
  /** A predictor for a part of the training, that may learn from whole curves. @param shares of the beginning */
  predictor?(whole: readonly ExampleCurve[], shares: readonly number[], seed: number): Predict
  /** Whether predictions depend on the whole curves, so that several draws of them are tried. */
  readonly learns?: boolean
  stopper?(context: ProxyContext): Proxy
  /** Whether its stopper takes minutes: it is left out where nobody names it. */
  readonly slow?: boolean
  /** Whether a trial that it stops has learned what it will: its last value counts as its end. */
  readonly ends?: boolean
}

/** Predictions of the slow growth curves, by curve: what they say depends on nothing else. */
function remembering(seed: number): (curve: Curve) => CurveBelief {
  const known = new Map<string, CurveBelief>()
  return (curve) => {
    const key = curve.values.join()
    const before = known.get(key)
    const belief = before ?? continued(curve, seed)
    if (before === undefined) known.set(key, belief)
    return belief
  }
}

const beliefDefaults = { threshold: 0.05, every: 0.1, starts: 5 }

const byRegression = (regressor: RegressorEntry): CurveContestant => ({
  name: regressor.name,
  learns: true,
  slow: regressor.name !== ridge.name,
  predictor(whole, shares, seed) {
    const model = new CurveRegression(whole, shares, regressor, randomFor(seed, regressor.name))
    return (beginning, { features }) => model.predict({ ...beginning, features }).mean
  },
  stopper: (context) => regression.make(context, { regressor: regressor.name }),
})

/** Everything that is compared; the first is what all others must beat. */
export const curveContestants: readonly CurveContestant[] = [
  {
    name: 'last-seen',
    predictor: () => (beginning) => lastSeen(beginning).mean,
    stopper: (context) => ({ judge: beliefJudge(context, beliefDefaults, lastSeen) }),
  },
  { name: 'median', stopper: (context) => median.make(context) },
  { name: 'threshold', stopper: (context) => threshold.make(context) },
  { name: 'patience', stopper: (context) => patience.make(context), ends: true },
  {
    name: 'curve',
    predictor: (_, __, seed) => (beginning) => (beginning.values.length < fewestPoints ? Number.NaN : continued(beginning, seed).mean),
    stopper(context) {
      const believe = remembering(context.seed)
      return { judge: beliefJudge(context, beliefDefaults, (curve) => (curve.values.length < fewestPoints ? undefined : believe(curve))) }
    },
  },
  {
    name: 'freeze-thaw',
    learns: true,
    predictor(whole) {
      const prior = choosePrior(whole, whole[0])
      return (beginning) => thaw(beginning, prior).mean
    },
    stopper: (context) => freezeThaw.make(context),
  },
  ...regressors.map(byRegression),
  {
    name: 'corrected',
    learns: true,
    predictor(whole, shares) {
      const names = ['flops', 'parameters'].filter((name) => whole.every(({ costs }) => costs[name] > 0))
      const point = shares.length - 1
      const input = (values: readonly number[], costs: ExampleCurve['costs']) => ({
        early: values[point],
        costs: names.map((name) => costs[name]),
      })
      const correction = fitCorrection(whole.map(({ values, costs, final }) => ({ ...input(values, costs), final })))
      return (beginning, { costs }) => correction.predict(input(beginning.values, costs)).mean
    },
    stopper: (context) => corrected.make(context),
  },
]

/** @throws UserError with the nearest names */
export function findContestants(names: readonly string[]): readonly CurveContestant[] {
  const all = curveContestants.map(({ name }) => name)
  for (const name of names)
    if (!all.includes(name))
      throw new UserError(`There is no predictor or stopper "${name}".${didYouMean(name, all)} There are: ${all.join(', ')}.`)
  return curveContestants.filter(({ name }) => names.includes(name))
}
