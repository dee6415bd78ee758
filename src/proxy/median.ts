import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { curveOf, shown, signOf } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from './proxy.ts'

const specs = {
  from: { summary: 'share of the training before which no trial stops', default: 0.1, from: 0, to: 1 },
  starts: { summary: 'other trials that must have come as far', default: 5, from: 1, to: 100_000, whole: true },
} satisfies OptionSpecs

/** Mean of a trial's values up to a share; undefined when it has not come so far. */
function runningMean(trial: ObservedTrial, share: number, sign: 1 | -1): number | undefined {
  const { shares, values } = curveOf(trial, sign)
  if (shares.length === 0 || shares[shares.length - 1] < share - 1e-9) return undefined
  const until = values.filter((_, i) => shares[i] <= share + 1e-9)
  return until.length === 0 ? undefined : until.reduce((sum, value) => sum + value, 0) / until.length
}

export const median: ProxyEntry = {
  name: 'median',
  summary: 'stops a trial whose best value is below the median of what the others had on average until the same point',
  paper: 'Golovin, Solnik, Moitra, Kochanski, Karro, Sculley 2017 (KDD, Google Vizier)',
  options: listed(specs),
  make({ objective }, given) {
    const options = readOptions('median', specs, given, 'proxy')
    const sign = signOf(objective)
    return {
      judge(trial: ObservedTrial, others: readonly ObservedTrial[]): Verdict {
        const { shares, values } = curveOf(trial, sign)
        const share = shares[shares.length - 1]
        if (share === undefined || share < options.from - 1e-9 || share >= 1 - 1e-9) return 'continue'
        const means = others
          .flatMap((other) => (other.status === 'failed' ? [] : (runningMean(other, share, sign) ?? [])))
          .sort((a, b) => a - b)
        if (means.length < options.starts) return 'continue'
        const middle = (means[(means.length - 1) >> 1] + means[means.length >> 1]) / 2
        const best = Math.max(...values)
        if (best >= middle) return 'continue'
        return {
          stop: `its best ${objective.metric}, ${shown(sign * best)}, is worse than ${shown(sign * middle)}, the median of what ${means.length} others had on average until then`,
        }
      },
    }
  },
}
