import { linearRegression, linearRegressionLine, standardDeviation } from 'simple-statistics'
import { normalDistribution } from '../predict/normal.ts'
import { valueAt } from '../proxy/rungs.ts'
import type { ObservedTrial } from '../proxy/proxy.ts'
import type { RunConfig, TrialRow } from './events.ts'
import { isCutOff } from './fold.ts'
import { isSkipped, observed } from './observed.ts'

/** What proxies have saved in a run, and what it may have cost. */
export interface Savings {
  /** Trials that were stopped on their way, and proposals that were not trained at all. */
  readonly stopped: number
  readonly skipped: number
  /** Share of the training of all these trials and of the finished ones that was not done. */
  readonly share: number
  /** Seconds that it would have taken; of proposals that were not trained as many as a trial takes on average. */
  readonly seconds: number
  /** How many of them are expected to have ended better than the best trial; absent where too few are known whole to tell. */
  readonly lost?: number
}

/** Whole trials from which it can be told how a value on the way goes with the end. */
const enough = 5

/** @returns undefined for a run in which no proxy stopped anything */
export function savingsOf(
  { objectives, proxies }: Pick<RunConfig, 'objectives' | 'proxies'>,
  rows: readonly TrialRow[],
): Savings | undefined {
  const own = rows.filter((row) => row.replayOf === undefined && !isCutOff(row))
  const saving = own.filter((row) => row.status === 'stopped' && row.saved !== undefined)
  if (proxies === undefined || saving.length === 0) return undefined
  const skipped = saving.filter(isSkipped)
  const whole = own.filter((row) => row.status === 'finished')
  const times = [...whole.map(({ curve }) => curve.reduce((sum, { seconds }) => sum + seconds, 0)), ...saving.flatMap(wholeSeconds)]
  const usual = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length)
  return {
    stopped: saving.length - skipped.length,
    skipped: skipped.length,
    share: saving.reduce((sum, { saved }) => sum + (saved?.share ?? 0), 0) / (saving.length + whole.length),
    seconds: saving.reduce((sum, { saved }) => sum + (saved?.seconds ?? usual), 0),
    ...lostOf(objectives[0], own, saving),
  }
}

/** What a stopped trial would have taken whole, at its own pace. */
function wholeSeconds({ saved }: TrialRow): readonly number[] {
  return saved?.seconds === undefined || saved.share >= 1 ? [] : [saved.seconds / saved.share]
}

/** Expected number of stopped trials that would have beaten the best whole one: by what the proxy predicted, else by how whole trials came out. */
function lostOf(
  { metric, direction }: RunConfig['objectives'][number],
  own: readonly TrialRow[],
  saving: readonly TrialRow[],
): { readonly lost?: number } {
  const sign = direction === 'maximize' ? 1 : -1
  const whole = own.map((row) => observed(row, metric)).filter(({ final }) => final !== undefined)
  if (whole.length === 0) return {}
  const best = sign * Math.max(...whole.map(({ final }) => sign * (final as number)))
  let lost = 0
  for (const row of saving) {
    const chance = chanceOf(row, observed(row, metric), whole, best, sign)
    if (chance === undefined) return {}
    lost += chance
  }
  return { lost }
}

function chanceOf(row: TrialRow, trial: ObservedTrial, whole: readonly ObservedTrial[], best: number, sign: number): number | undefined {
  const { prediction } = row
  if (prediction?.deviation) return 1 - normalDistribution((sign * (best - prediction.value)) / prediction.deviation)
  const point = trial.curve[trial.curve.length - 1]
  if (point === undefined) return undefined
  const pairs = whole.flatMap((one) => {
    const value = valueAt(one, point.share)
    return value === undefined ? [] : [[value, one.final as number]]
  })
  if (pairs.length < enough) return undefined
  const line = linearRegressionLine(linearRegression(pairs))
  const spread = Math.max(1e-6, standardDeviation(pairs.map(([value, final]) => final - line(value))))
  return 1 - normalDistribution((sign * (best - line(point.value))) / spread)
}
