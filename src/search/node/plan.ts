import { availableParallelism } from 'node:os'
import {
  costWithin,
  describeFidelity,
  fidelityBySize,
  parseFidelity,
  planCostLimit,
  planFidelity,
  planTime,
  type TrialCost,
} from '../budget.ts'
import type { Budget, Fidelity, RunConfig } from '../events.ts'
import type { Crew } from './crew.ts'
import { finalWeights } from './finish.ts'
import type { RunHooks } from './options.ts'

/** What a run's trials may cost and how far each is trained, and where that comes from. */
export interface FidelityPlan {
  readonly fidelity: Fidelity
  readonly fidelityFrom: string
  /** Dearer networks are not tried: their final training would be too short. */
  readonly maxWork?: number
}

/** How much of a core's speed each core adds to one network's training. */
const coreGain = 0.75

/** Fidelity of a run: as given; by the data's size when only trials count, so that the same command searches the same; else from a measurement. */
export async function planRun(
  config: RunConfig,
  given: string | undefined,
  examples: number,
  crew: Crew,
  since: number,
  hooks: RunHooks,
): Promise<FidelityPlan> {
  if (given !== undefined) return { fidelity: parseFidelity(given), fidelityFrom: 'given' }
  const { seconds, trials } = config.budget
  const bySize = { fidelity: fidelityBySize(examples), fidelityFrom: 'by the size of the data' }
  if (seconds === undefined) return bySize
  const cost = await crew.measure(config, hooks.signal).catch((error: unknown) => {
    if (hooks.signal?.aborted) return undefined
    throw error
  })
  // Interrupted before it began: the run is kept, and goes on with this.
  if (cost === undefined) return bySize
  const time = planTime(since, seconds, 0, config.finalShare)
  const left = Math.max(0, (time.searchUntil - Date.now()) / 1000)
  // Shared weights that are final take as long to train as the search lasts.
  const finalSeconds = finalWeights(config) === 'shared' ? left : (time.trainUntil - time.searchUntil) / 1000
  const maxWork = planCostLimit(cost, finalSeconds, Math.max(1, coreGain * availableParallelism()), examples)
  const typical = costWithin(cost, maxWork)
  const fidelity = planFidelity(typical, left * crew.slots, trials, config.inherit)
  return {
    fidelity,
    fidelityFrom: `planned for ${left.toFixed(0)} s: ${describe(typical)}`,
    ...(maxWork === undefined ? {} : { maxWork }),
  }
}

const describe = ({ epochSeconds, validSeconds, fixedSeconds }: TrialCost): string =>
  `a typical network takes ${epochSeconds.toFixed(2)} s an epoch, ${validSeconds.toFixed(2)} s to validate and ${fixedSeconds.toFixed(2)} s to begin`

/** `Budget 10m: trials of 3 epochs …` for the person who waits. */
export function planNote(budget: Budget, { fidelity, maxWork }: FidelityPlan, workers: number, shared = false): string {
  const parts = [
    ...(budget.seconds === undefined ? [] : [`${Math.round(budget.seconds)} s`]),
    ...(budget.trials === undefined ? [] : [`${budget.trials} trials`]),
  ]
  const limit = maxWork === undefined ? '' : ' The dearest networks of the space are left out: there is no time to train them.'
  if (shared)
    return `Budget ${parts.join(' or ')}: one set of weights is trained for all networks first; then paths through it are judged.${limit}`
  return `Budget ${parts.join(' or ')}: ${workers} worker${workers === 1 ? '' : 's'}, each trial trains ${describeFidelity(fidelity)}.${limit}`
}
