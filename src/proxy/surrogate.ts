import { normalScores } from '../predict/index.ts'
import { kendall } from '../predict/rank-correlation.ts'
import { type Architecture, randomFor, shuffle } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { keyOf, shown, signOf, type WholeTrial, wholeTrials } from './observed.ts'
import type { ObservedTrial, ProxyEntry, Stop } from './proxy.ts'
import { lastFit } from './refits.ts'
import { findSurrogate } from './surrogates/registry.ts'
import type { Judgement } from './surrogates/surrogate.ts'

const specs = {
  surrogate: { summary: 'what learns: mlp, gp, boosting or committee', default: 'committee' },
  starts: { summary: 'whole trainings before any proposal is skipped', default: 15, from: 5, to: 100_000, whole: true },
  poor: {
    summary: 'a proposal is skipped when it is predicted to be among this share of the networks known, the worst',
    default: 0.5,
    from: 0,
    to: 1,
  },
  trust: {
    summary: "least Kendall tau of the surrogate's predictions of networks held out, without which nothing is skipped",
    default: 0.3,
    from: -1,
    to: 1,
  },
  through: {
    summary: 'share of the poor proposals that is trained all the same, so that the surrogate hears when it is wrong',
    default: 0.1,
    from: 0,
    to: 1,
  },
  examples: { summary: 'most trials that are learned from: the last ones', default: 300, from: 5, to: 10_000, whole: true },
} satisfies OptionSpecs

/** Parts of the trials, each held out once. */
const FOLDS = 4

/** A fitted surrogate, and how well it ranks what it has not seen. */
interface Fitted {
  readonly key: string
  readonly judge: Judgement
  readonly kendall: number
  /** Finals of the trials that it learned from, ascending, turned so that more is better. */
  readonly finals: readonly number[]
  /** Score below which a proposal is poor. */
  readonly border: number
}

export const surrogate: ProxyEntry = {
  name: 'surrogate',
  summary: 'learns from the architecture alone what a network will be worth, and skips proposals that it predicts to be poor',
  paper: 'White, Zela, Ru, Liu, Hutter 2021, arXiv:2104.01177',
  options: listed(specs),
  points: () => [],
  make({ space, seed, objective }, given) {
    const options = readOptions('surrogate', specs, given, 'proxy')
    const learn = findSurrogate(options.surrogate).make(space)
    const sign = signOf(objective)
    let fitted: Fitted | undefined
    const fit = (whole: readonly WholeTrial[]): Fitted => {
      const some = whole.slice(0, lastFit(whole.length, options.starts)).slice(-options.examples)
      const key = keyOf(some)
      if (fitted?.key === key) return fitted
      const finals = some.map(({ final }) => sign * final)
      const architectures = some.map(({ architecture }) => architecture)
      const judge = learn(architectures, normalScores(finals), randomFor(seed, 'surrogate', some.length))
      const heldOut = heldOutScores(architectures, finals)
      const ascending = heldOut.toSorted((a, b) => a - b)
      const border = ascending[Math.min(ascending.length - 1, Math.floor(options.poor * ascending.length))]
      fitted = { key, judge, kendall: kendall(heldOut, finals), finals: finals.toSorted((a, b) => a - b), border }
      return fitted
    }
    const heldOutScores = (architectures: readonly Architecture[], finals: readonly number[]): readonly number[] => {
      const order = shuffle(
        randomFor(seed, 'held out', finals.length),
        finals.map((_, i) => i),
      )
      const scores = finals.map(() => 0)
      for (let fold = 0; fold < FOLDS; fold++) {
        const kept = order.filter((_, place) => place % FOLDS !== fold)
        const judge = learn(
          kept.map((i) => architectures[i]),
          normalScores(kept.map((i) => finals[i])),
          randomFor(seed, 'held out', finals.length, fold),
        )
        for (const [place, i] of order.entries()) if (place % FOLDS === fold) scores[i] = judge(architectures[i])
      }
      return scores
    }
    return {
      screen(architecture: Architecture, trials: readonly ObservedTrial[]): Stop | undefined {
        const whole = wholeTrials(trials)
        if (whole.length < options.starts) return undefined
        const { judge, kendall: tau, finals, border } = fit(whole)
        // A model that has nothing to tell apart has no correlation: NaN is below no bar, and above none.
        if (!(tau >= options.trust)) return undefined
        const score = judge(architecture)
        if (!(score < border) || randomFor(seed, 'through', space.print(architecture)).next() < options.through) return undefined
        const value = sign * valueOf(score, finals)
        return {
          stop: `its ${objective.metric} is predicted to be about ${shown(value)}, among the poorer ${shown(100 * options.poor)} % of those known (Kendall tau of such predictions ${shown(tau)})`,
          prediction: { value },
        }
      },
    }
  },
}

/** The known value whose normal score is nearest. */
function valueOf(score: number, ascending: readonly number[]): number {
  const scores = normalScores(ascending)
  let best = 0
  for (let i = 1; i < scores.length; i++) if (Math.abs(scores[i] - score) < Math.abs(scores[best] - score)) best = i
  return ascending[best]
}
