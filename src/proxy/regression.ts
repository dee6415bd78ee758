import { CurveRegression } from '../predict/curves/index.ts'
import { findRegressor } from '../predict/regressors/registry.ts'
import { randomFor } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { beliefJudge, beliefSpecs } from './belief-judge.ts'
import { trialFeatures } from './features.ts'
import { curveOf, keyOf, signOf, type WholeTrial } from './observed.ts'
import type { ObservedTrial, ProxyEntry } from './proxy.ts'
import { lastFit } from './refits.ts'

const specs = {
  ...beliefSpecs,
  starts: { ...beliefSpecs.starts, default: 10, from: 4 },
  regressor: { summary: 'what learns: ridge, nu-svr, forest or boosting', default: 'ridge' },
} satisfies OptionSpecs

/** A model, and how it reads a trial. */
interface Learned {
  readonly model: CurveRegression
  readonly features: (trial: ObservedTrial) => Float64Array
}

export const regression: ProxyEntry = {
  name: 'regression',
  summary:
    'learns from whole trainings how the beginning of a curve and the network tell its end, and stops a trial that will hardly beat the best',
  paper: 'Baker, Gupta, Raskar, Naik 2017, arXiv:1705.10823',
  options: listed(specs),
  make(context, given) {
    const options = readOptions('regression', specs, given, 'proxy')
    const regressor = findRegressor(options.regressor)
    const sign = signOf(context.objective)
    /** By the points of the beginning. */
    const remembered = new Map<number, Learned & { readonly key: string }>()
    const learn = (shares: readonly number[], whole: readonly WholeTrial[]): Learned | undefined => {
      const some = whole.slice(0, lastFit(whole.length, options.starts))
      const key = `${shares.join()}:${keyOf(some)}`
      const known = remembered.get(shares.length)
      if (known?.key === key) return known
      const features = trialFeatures(context.space, some)
      const curves = some
        .map((trial) => ({ ...curveOf(trial, sign), final: sign * trial.final, features: features(trial) }))
        .filter(({ values }) => values.length > 0)
      if (curves.length < 4) return undefined
      const learned = {
        key,
        features,
        model: new CurveRegression(curves, shares, regressor, randomFor(context.seed, 'regression', curves.length)),
      }
      remembered.set(shares.length, learned)
      return learned
    }
    return {
      judge: beliefJudge(context, options, (curve, trial, whole) => {
        const learned = learn(curve.shares, whole)
        return learned?.model.predict({ ...curve, features: learned.features(trial) })
      }),
    }
  },
}
