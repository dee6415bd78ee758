import type { Curve, CurveBelief } from '../predict/curves/index.ts'
import type { OptionSpecs } from '../strategy/options.ts'
import type { ObservedTrial, ProxyContext, Verdict } from './proxy.ts'
import { bestFinal, curveOf, reached, shown, signOf, type WholeTrial, wholeTrials } from './observed.ts'

/** Options of all stoppers that ask for the probability of beating the best. */
export const beliefSpecs = {
  threshold: { summary: 'a trial stops when it will beat the best with a smaller probability', default: 0.05, from: 0, to: 1 },
  every: { summary: 'share of the training from one look at a trial to the next', default: 0.1, from: 0.001, to: 1 },
  starts: { summary: 'whole trainings before any trial is stopped', default: 5, from: 1, to: 100_000, whole: true },
} satisfies OptionSpecs

export interface BeliefOptions {
  readonly threshold: number
  readonly every: number
  readonly starts: number
}

/** What is believed of a trial's end, more being better; undefined while too little was seen. @param whole the others that were trained whole */
export type Believe = (curve: Curve, trial: ObservedTrial, whole: readonly WholeTrial[]) => CurveBelief | undefined

/** Stops a trial that is unlikely to end better than the best of those that were trained whole. */
export function beliefJudge(
  { objective }: ProxyContext,
  { threshold, every, starts }: BeliefOptions,
  believe: Believe,
): (trial: ObservedTrial, others: readonly ObservedTrial[]) => Verdict {
  const sign = signOf(objective)
  return (trial, others) => {
    if (!reached(trial, every)) return 'continue'
    const whole = wholeTrials(others)
    if (whole.length < starts) return 'continue'
    const curve = curveOf(trial, sign)
    if (curve.values.length === 0) return 'continue'
    const belief = believe(curve, trial, whole)
    if (belief === undefined) return 'continue'
    const best = bestFinal(whole, sign)
    const probability = belief.above(best)
    if (!(probability < threshold)) return 'continue'
    const value = sign * belief.mean
    return {
      stop: `its ${objective.metric} will end at about ${shown(value)} and beat the best, ${shown(sign * best)}, with a probability of ${shown(probability)} only`,
      prediction: { value, deviation: belief.deviation, best: sign * best, probability },
    }
  }
}
