import { UserError } from '../errors.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import type { ObservedTrial, Proxy, ProxyEntry, Verdict } from './proxy.ts'

/** The scores that trials are compared by. */
const scores = ['naswot', 'synflow'] as const

const options = {
  quantile: { summary: 'share of the other trials that a trial must beat by its scores', default: 0.5, from: 0, to: 0.95 },
  known: { summary: 'other trials with scores before any is stopped', default: 8, from: 1, whole: true },
  scores: { summary: `what counts: ${scores.join(', ')}, or both`, default: 'both' },
} satisfies OptionSpecs

const isScored = ({ costs }: ObservedTrial): boolean => scores.some((name) => costs[name] !== undefined)

/** A score that a network has not, although another was found, is one that it could not be given: the least of all. */
const scoreOf = ({ costs }: ObservedTrial, name: string): number => costs[name] ?? -Infinity

/** Share of the others that a trial is better than by a score; equal ones count half. */
function beaten(trial: ObservedTrial, others: readonly ObservedTrial[], name: string): number {
  const own = scoreOf(trial, name)
  const points = others.map((other) => (scoreOf(other, name) < own ? 1 : scoreOf(other, name) === own ? 0.5 : 0))
  return points.reduce<number>((sum, point) => sum + point, 0) / others.length
}

function judge(trial: ObservedTrial, others: readonly ObservedTrial[], names: readonly string[], quantile: number, known: number): Verdict {
  // Scores say something before the training only.
  if (trial.curve.length > 0 || !isScored(trial)) return 'continue'
  const scored = others.filter(isScored)
  if (scored.length < known) return 'continue'
  const shares = names.map((name) => beaten(trial, scored, name))
  const share = shares.reduce((sum, value) => sum + value, 0) / shares.length
  if (share >= quantile) return 'continue'
  const percent = (value: number): string => `${Math.round(100 * value)} %`
  return {
    stop: `by ${names.join(' and ')} it is better than ${percent(share)} of ${scored.length} trials, less than ${percent(quantile)}`,
  }
}

function namesOf(which: string): readonly string[] {
  return which === 'both' ? scores : scores.filter((name) => name === which)
}

/**
 * Trains only what scores at initialisation do not advise against: a trial ends before its training when its scores beat less than a share of the other
 * trials. With several scores the mean of the shares counts.
 */
export const zeroCostFilter: ProxyEntry = {
  name: 'zero-cost',
  summary: 'leaves out trials whose zero-cost scores are below those of most others',
  paper: 'Abdelfattah et al. 2021, arXiv:2101.08134',
  options: listed(options),
  scores,
  points: () => [],
  make(_, given): Proxy {
    const { quantile, known, scores: which } = readOptions('zero-cost', options, given, 'proxy')
    const names = namesOf(which)
    if (names.length === 0)
      throw new UserError(`The option scores of the proxy zero-cost wants ${scores.join(', ')} or both, but got "${which}".`)
    return { judge: (trial, others) => judge(trial, others, names, quantile, known) }
  },
}
