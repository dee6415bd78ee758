import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { curveOf, shown, signOf } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from './proxy.ts'

const specs = {
  from: { summary: 'share of the training before which no trial stops', default: 0.1, from: 0, to: 1 },
  starts: { summary: 'other trials that must have come as far', default: 5, from: 1, to: 100_000, whole: true },
} satisfies OptionSpecs

/** A trial's mean value up to each point; trials never change, so that each is summed up once. */
interface Running {
  readonly shares: readonly number[]
  readonly means: readonly number[]
}

/** Remembers the running means of trials. */
function runningMeans(sign: 1 | -1): (trial: ObservedTrial) => Running {
  const known = new WeakMap<ObservedTrial, Running>()
  return (trial) => {
    const before = known.get(trial)
    if (before) return before
    const { shares, values } = curveOf(trial, sign)
    let sum = 0
    const running = {
      shares,
      means: values.map((value, i) => {
        sum += value
        return sum / (i + 1)
      }),
    }
    known.set(trial, running)
    return running
  }
}

/** The mean up to a share; undefined when the trial has not come so far. @param points as many as the trial that is judged has, where it is looked first */
function meanUntil({ shares, means }: Running, share: number, points: number): number | undefined {
  if (shares.length === 0 || shares[shares.length - 1] < share - 1e-9) return undefined
  if (Math.abs((shares[points - 1] ?? -1) - share) < 1e-9) return means[points - 1]
  return means[shares.findLastIndex((at) => at <= share + 1e-9)]
}

export const median: ProxyEntry = {
  name: 'median',
  summary: 'stops a trial whose best value is below the median of what the others had on average until the same point',
  paper: 'Golovin, Solnik, Moitra, Kochanski, Karro, Sculley 2017 (KDD, Google Vizier)',
  options: listed(specs),
  make({ objective }, given) {
    const options = readOptions('median', specs, given, 'proxy')
    const sign = signOf(objective)
    const running = runningMeans(sign)
    return {
      judge(trial: ObservedTrial, others: readonly ObservedTrial[]): Verdict {
        const { shares, values } = curveOf(trial, sign)
        const share = shares[shares.length - 1]
        if (share === undefined || share < options.from - 1e-9 || share >= 1 - 1e-9) return 'continue'
        const means = others
          .flatMap((other) => (other.status === 'failed' ? [] : (meanUntil(running(other), share, shares.length) ?? [])))
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
