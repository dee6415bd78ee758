import { type Correction, fitCorrection } from '../predict/curves/index.ts'
import { valueAt } from '../predict/curves/regression.ts'
import { randomFor } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { bestFinal, curveOf, keyOf, shareOf, shown, signOf, type WholeTrial, wholeTrials } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from './proxy.ts'
import { lastFit } from './refits.ts'

const specs = {
  part: { summary: 'share of the training after which most trials end', default: 1 / 3, from: 0.01, to: 0.99 },
  whole: { summary: 'share of the trials, drawn by number, that are trained whole to learn from', default: 0.1, from: 0, to: 1 },
  starts: { summary: 'whole trainings before any trial ends early', default: 10, from: 4, to: 100_000, whole: true },
  promising: {
    summary: 'a trial is trained whole, too, when it will beat the best with at least this probability',
    default: 0.3,
    from: 0,
    to: 1,
  },
} satisfies OptionSpecs

/** What costs correct by: those of them that are known of all trials. */
const COSTS = ['flops', 'parameters']

export const corrected: ProxyEntry = {
  name: 'corrected',
  summary:
    'trains most trials for a part, and corrects their value by the logarithms of FLOPs and parameters, fitted to those trained whole',
  paper: 'Zhong, Yan, Wu, Shao, Liu 2018, arXiv:1708.05552',
  options: listed(specs),
  points: (given) => [readOptions('corrected', specs, given, 'proxy').part],
  make({ objective, seed }, given) {
    const options = readOptions('corrected', specs, given, 'proxy')
    const sign = signOf(objective)
    const early = (trial: ObservedTrial): number => valueAt(curveOf(trial, sign), options.part)
    let known: { readonly key: string; readonly names: readonly string[]; readonly correction: Correction } | undefined
    const learn = (whole: readonly WholeTrial[]): { readonly names: readonly string[]; readonly correction: Correction } => {
      const some = whole.slice(0, lastFit(whole.length, options.starts))
      const key = keyOf(some)
      if (known?.key === key) return known
      const names = COSTS.filter((name) => some.every(({ costs }) => costs[name] > 0))
      const examples = some.map((trial) => ({
        early: early(trial),
        costs: names.map((name) => trial.costs[name]),
        final: sign * trial.final,
      }))
      known = { key, names, correction: fitCorrection(examples) }
      return known
    }
    return {
      judge(trial: ObservedTrial, others: readonly ObservedTrial[]): Verdict {
        const share = shareOf(trial)
        if (share < options.part - 1e-9 || share >= 1 - 1e-9) return 'continue'
        if (randomFor(seed, 'whole', trial.number).next() < options.whole) return 'continue'
        const whole = wholeTrials(others).filter((other) => curveOf(other, sign).values.length > 0)
        if (whole.length < options.starts || curveOf(trial, sign).values.length === 0) return 'continue'
        const { names, correction } = learn(whole)
        const belief = correction.predict({ early: early(trial), costs: names.map((name) => trial.costs[name] ?? 0) })
        const best = bestFinal(whole, sign)
        const probability = belief.above(best)
        if (probability >= options.promising) return 'continue'
        const value = sign * belief.mean
        return {
          stop: `a part of its training tells its ${objective.metric}: about ${shown(value)} in the end, by ${shown(sign * early(trial))} after ${shown(share)} of the training and what it costs (rank correlation ${shown(correction.after)}, ${shown(correction.before)} without costs)`,
          prediction: { value, deviation: belief.deviation, best: sign * best, probability },
        }
      },
    }
  },
}
