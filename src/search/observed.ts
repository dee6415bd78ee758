import type { ObservedTrial } from '../proxy/proxy.ts'
import type { Architecture } from '../space/types.ts'
import type { RunConfig, StoredEvent, TrialRow } from './events.ts'
import { isCutOff, nextTrial } from './fold.ts'

type CostOf = (architecture: Architecture) => Readonly<Record<string, number>>

/** Whether a proposal was not trained at all. */
export const isSkipped = ({ status, saved }: Pick<TrialRow, 'status' | 'saved'>): boolean =>
  status === 'stopped' && saved?.share === 1 && saved.seconds === undefined

/** The status of a trial for proxies: one that was cut off, or has no checkpoint of its own, cannot go on. */
function statusOf(row: TrialRow): ObservedTrial['status'] {
  if (row.status !== 'stopped') return row.status
  return isCutOff(row) || row.replayOf !== undefined || row.curve.length === 0 ? 'failed' : 'paused'
}

/** What proxies may know of a trial. @param metric of the first objective @param costs parameters, FLOPs */
export function observed(row: TrialRow, metric: string, costs: Readonly<Record<string, number>> = {}): ObservedTrial {
  const { number, decisions, status, metrics, curve, scores = {} } = row
  const points = curve.flatMap(({ share, metrics: at }) =>
    share === undefined || at[metric] === undefined ? [] : [{ share, value: at[metric] }],
  )
  const final = status === 'finished' && metrics[metric] !== undefined ? { final: metrics[metric] } : {}
  return { number, architecture: decisions, status: statusOf(row), curve: points, ...final, costs: { ...costs, ...scores } }
}

/** The trials of a run as its proxies see them, kept up to date. */
export class Observations {
  readonly #rows = new Map<number, TrialRow>()
  readonly #trials = new Map<number, ObservedTrial>()
  readonly #costs = new Map<number, Readonly<Record<string, number>>>()
  readonly #metric: string
  readonly #costOf: CostOf

  constructor({ objectives }: Pick<RunConfig, 'objectives'>, rows: readonly TrialRow[], costOf: CostOf = () => ({})) {
    this.#metric = objectives[0]?.metric ?? 'accuracy'
    this.#costOf = costOf
    for (const row of rows) this.#take(row)
  }

  hear(event: StoredEvent): void {
    if (!('number' in event) || event.number === undefined) return
    const row = nextTrial(this.#rows.get(event.number), event)
    if (row) this.#take(row)
  }

  row(number: number): TrialRow {
    const row = this.#rows.get(number)
    if (row === undefined) throw new RangeError(`there is no trial ${number}`)
    return row
  }

  of(number: number): ObservedTrial | undefined {
    return this.#trials.get(number)
  }

  /** All trials but one, in order of number. @param below only those with smaller numbers than this */
  others(number: number, below = Number.POSITIVE_INFINITY): readonly ObservedTrial[] {
    return [...this.#trials.values()].filter((trial) => trial.number !== number && trial.number < below).sort((a, b) => a.number - b.number)
  }

  #take(row: TrialRow): void {
    const costs = this.#costs.get(row.number) ?? this.#costOf(row.decisions)
    this.#rows.set(row.number, row)
    this.#costs.set(row.number, costs)
    this.#trials.set(row.number, observed(row, this.#metric, costs))
  }
}
