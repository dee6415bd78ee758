import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { curveOf, shown, signOf } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from './proxy.ts'

const specs = {
  patience: { summary: 'share of the training that may pass without a better value', default: 0.2, from: 0.001, to: 1 },
  delta: { summary: 'by how much, as a share of the value before, a value must be better to count', default: 0.001, from: 0, to: 1 },
} satisfies OptionSpecs

export const patience: ProxyEntry = {
  name: 'patience',
  summary: 'ends a trial that has not become better for a part of its training: it has learned what it will',
  options: listed(specs),
  make({ objective }, given) {
    const options = readOptions('patience', specs, given, 'proxy')
    const sign = signOf(objective)
    return {
      judge(trial: ObservedTrial): Verdict {
        const { shares, values } = curveOf(trial, sign)
        const share = shares[shares.length - 1]
        if (share === undefined || share >= 1 - 1e-9) return 'continue'
        let [best, since] = [values[0], shares[0]]
        for (const [i, value] of values.entries()) if (value > best + options.delta * Math.abs(best)) [best, since] = [value, shares[i]]
        if (share - since < options.patience - 1e-9) return 'continue'
        const most = sign * Math.max(...values)
        return {
          stop: `its ${objective.metric} has not become better than ${shown(sign * best)} since ${shown(since)} of the training`,
          prediction: { value: most },
        }
      },
    }
  },
}
