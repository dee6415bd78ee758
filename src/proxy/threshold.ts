import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { bestFinal, curveOf, shown, signOf, wholeTrials } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from './proxy.ts'

const specs = {
  value: { summary: 'what the metric must have reached; 0: a share of the best whole training, see factor', default: 0 },
  factor: {
    summary: 'without a value: so much of the best whole training must be reached (of a metric to be small, the best over this)',
    default: 0.7,
    from: 0.001,
    to: 1,
  },
  at: { summary: 'share of the training by which it must be reached', default: 0.2, from: 0, to: 1 },
} satisfies OptionSpecs

export const threshold: ProxyEntry = {
  name: 'threshold',
  summary: 'stops a trial that has not reached a given value by a given part of its training',
  options: listed(specs),
  make({ objective }, given) {
    const { value, factor, at } = readOptions('threshold', specs, given, 'proxy')
    const sign = signOf(objective)
    /** Turned so that more is better; undefined while nothing is known to compare with. */
    const wanted = (others: readonly ObservedTrial[]): number | undefined => {
      if (value !== 0) return sign * value
      const best = bestFinal(wholeTrials(others), sign)
      // A share of a value below 0 would lie above it: the distance is what is shared.
      return Number.isFinite(best) ? best - Math.abs(best) * (sign > 0 ? 1 - factor : 1 / factor - 1) : undefined
    }
    return {
      judge(trial: ObservedTrial, others: readonly ObservedTrial[]): Verdict {
        const { shares, values } = curveOf(trial, sign)
        const share = shares[shares.length - 1]
        if (share === undefined || share < at - 1e-9 || share >= 1 - 1e-9) return 'continue'
        const least = wanted(others)
        const best = Math.max(...values)
        if (least === undefined || best >= least) return 'continue'
        return {
          stop: `its ${objective.metric} has come to ${shown(sign * best)} only after ${shown(share)} of the training, not to ${shown(sign * least)}`,
        }
      },
    }
  },
}
