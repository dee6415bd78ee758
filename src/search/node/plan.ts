import { describeFidelity, fidelityBySize, parseFidelity, planFidelity, planTime, type TrialCost } from '../budget.ts'
import type { Budget, Fidelity, RunConfig } from '../events.ts'
import type { RunHooks } from './options.ts'
import type { ProcessExecutor } from './processes.ts'

/** A fidelity and where it comes from. */
export interface FidelityPlan {
  readonly fidelity: Fidelity
  readonly fidelityFrom: string
}

/** Fidelity of a run: as given; by the data's size when only trials count, so that the same command searches the same; else from a measurement. */
export async function planRun(
  config: RunConfig,
  given: string | undefined,
  examples: number,
  executor: ProcessExecutor,
  since: number,
  hooks: RunHooks,
): Promise<FidelityPlan> {
  if (given !== undefined) return { fidelity: parseFidelity(given), fidelityFrom: 'given' }
  const { seconds, trials } = config.budget
  const bySize = { fidelity: fidelityBySize(examples), fidelityFrom: 'by the size of the data' }
  if (seconds === undefined) return bySize
  const cost = await measureAll(executor, config, hooks.signal).catch((error: unknown) => {
    if (hooks.signal?.aborted) return undefined
    throw error
  })
  // Interrupted before it began: the run is kept, and goes on with this.
  if (cost === undefined) return bySize
  const time = planTime(since, seconds, 0, config.finalShare)
  const left = Math.max(0, (time.searchUntil - Date.now()) / 1000)
  const fidelity = planFidelity(cost, left * config.workers, trials)
  return { fidelity, fidelityFrom: `planned for ${left.toFixed(0)} s: ${describe(cost)}` }
}

/** Every worker measures at the same time: as they will compute, side by side; and each has then loaded what it needs. */
async function measureAll({ workers }: ProcessExecutor, config: RunConfig, signal?: AbortSignal): Promise<TrialCost> {
  const compute = { threads: 1, shared: workers.length > 1 }
  const costs = await Promise.all(workers.map((worker) => worker.call({ type: 'measure', compute, config }, { signal })))
  const slowest = (pick: (cost: TrialCost) => number): number => Math.max(...costs.map(pick))
  return {
    epochSeconds: slowest((cost) => cost.epochSeconds),
    validSeconds: slowest((cost) => cost.validSeconds),
    fixedSeconds: slowest((cost) => cost.fixedSeconds),
    batches: slowest((cost) => cost.batches),
  }
}

const describe = ({ epochSeconds, validSeconds, fixedSeconds }: TrialCost): string =>
  `a typical network takes ${epochSeconds.toFixed(2)} s an epoch, ${validSeconds.toFixed(2)} s to validate and ${fixedSeconds.toFixed(2)} s to begin`

/** `Budget 10m: trials of 3 epochs …` for the person who waits. */
export function planNote(budget: Budget, { fidelity }: FidelityPlan, workers: number): string {
  const parts = [
    ...(budget.seconds === undefined ? [] : [`${Math.round(budget.seconds)} s`]),
    ...(budget.trials === undefined ? [] : [`${budget.trials} trials`]),
  ]
  return `Budget ${parts.join(' or ')}: ${workers} worker${workers === 1 ? '' : 's'}, each trial trains ${describeFidelity(fidelity)}.`
}
