import { paretoFront, scoresOf } from '../strategy/pareto.ts'
import type { Objective } from '../strategy/strategy.ts'
import type { Metrics, TrialRow } from './events.ts'

/** A trial that no other beats in all objectives at once. */
export interface FrontTrial {
  readonly number: number
  readonly architecture: string
  readonly metrics: Metrics
}

/** The Pareto front of a run's finished trials, the best by the first objective first; of equal results the first trial. Undefined with one objective. */
export function frontOf(objectives: readonly Objective[], rows: readonly TrialRow[]): readonly FrontTrial[] | undefined {
  if (objectives.length < 2) return undefined
  const points = new Map<string, { readonly row: TrialRow; readonly scores: readonly number[] }>()
  for (const row of rows) {
    const scores = row.status === 'finished' ? scoresOf(objectives, { status: 'finished', metrics: row.metrics }) : undefined
    if (scores && !points.has(scores.join())) points.set(scores.join(), { row, scores })
  }
  const all = [...points.values()]
  return paretoFront(all.map(({ scores }) => scores))
    .map((i) => all[i])
    .sort((a, b) => b.scores[0] - a.scores[0] || a.row.number - b.row.number)
    .map(({ row: { number, architecture, metrics } }) => ({ number, architecture, metrics }))
}
