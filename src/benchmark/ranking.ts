import { kendall, spearman } from '../predict/rank-correlation.ts'

/** How well scores with shared weights tell networks apart that were trained by themselves. */
export interface Agreement {
  readonly kendall: number
  readonly spearman: number
  /** By how much the network with the best score is worse, trained by itself, than the best of all. */
  readonly regret: number
}

/** @param truths of the networks trained by themselves @param scores of the same networks, in the same order */
export function agreementOf(truths: readonly number[], scores: readonly number[], direction: 'maximize' | 'minimize'): Agreement {
  const sign = direction === 'maximize' ? 1 : -1
  const picked = scores.reduce((best, score, i) => (sign * score > sign * scores[best] ? i : best), 0)
  const best = truths.reduce((most, truth) => (sign * truth > sign * most ? truth : most))
  return { kendall: kendall(truths, scores), spearman: spearman(truths, scores), regret: Math.abs(best - truths[picked]) }
}
