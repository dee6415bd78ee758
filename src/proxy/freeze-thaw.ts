import { choosePrior, type CurvePrior, thaw } from '../predict/curves/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { beliefJudge, beliefSpecs } from './belief-judge.ts'
import { curveOf, keyOf, signOf, type WholeTrial } from './observed.ts'
import type { ProxyEntry } from './proxy.ts'
import { lastFit } from './refits.ts'

const specs = {
  ...beliefSpecs,
  points: { summary: 'points of a curve before it is judged', default: 2, from: 1, to: 100_000, whole: true },
  shared: { summary: 'whether what curves are like is learned from all whole trainings, not from each curve alone', default: true },
} satisfies OptionSpecs

export const freezeThaw: ProxyEntry = {
  name: 'freeze-thaw',
  summary: 'continues each learning curve by a Gaussian process of decays, and stops a trial that will hardly beat the best',
  paper: 'Swersky, Snoek, Adams 2014, arXiv:1406.3896',
  options: listed(specs),
  make(context, given) {
    const options = readOptions('freeze-thaw', specs, given, 'proxy')
    const sign = signOf(context.objective)
    let known: { readonly key: string; readonly prior: CurvePrior } | undefined
    const shared = (whole: readonly WholeTrial[]): CurvePrior => {
      const some = whole.slice(0, lastFit(whole.length, options.starts))
      const key = keyOf(some)
      if (known?.key !== key) {
        const curves = some.map((trial) => curveOf(trial, sign)).filter(({ values }) => values.length > 0)
        known = { key, prior: choosePrior(curves, curves[0]) }
      }
      return known.prior
    }
    return {
      judge: beliefJudge(context, options, (curve, _, whole) =>
        curve.values.length < options.points ? undefined : thaw(curve, options.shared ? shared(whole) : choosePrior([], curve)),
      ),
    }
  },
}
