import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { type FinalWeights, findOneShot } from '../../oneshot/index.ts'
import type { StepPlan } from '../../train/index.ts'
import { finalEpochsBySize, type TimePlan } from '../budget.ts'
import type { RunConfig, RunState, SearchEvent, Store, TrialRow } from '../events.ts'
import type { FinalOutcome } from '../final.ts'
import type { Crew } from './crew.ts'
import { trialFolder } from './kept.ts'
import type { RunHooks } from './options.ts'
import { bestModel, hasModel } from './products.ts'
import { finalStateName, type RunPlace } from './runs.ts'

/** A run that has begun: its place, its open store, and who computes. */
export interface Course {
  readonly place: RunPlace
  readonly store: Store
  readonly crew: Crew
  /** Records of the training part, for plans by size. */
  readonly examples: number
}

/** What a final training begins with. */
export interface Winner {
  readonly architecture: string
  readonly number?: number
  /** What was planned before a kill. */
  readonly plan?: StepPlan
}

export type Recorder = (...events: SearchEvent[]) => void

/** With less time than this a final training is not begun: the best trial's model is the final one. */
const leastFinalMs = 2500

/** Trains the winner for real, or takes the best trial's model where there is no time or the training fails. */
export async function finalModel(
  course: Course,
  winner: Winner,
  state: RunState,
  time: TimePlan | undefined,
  record: Recorder,
  hooks: RunHooks,
): Promise<FinalOutcome | 'interrupted'> {
  const { crew, place } = course
  const { folder } = place
  const { config } = state
  const done = await keptFinal(folder, winner, state)
  if (done) return done
  const { architecture, number, plan } = winner
  const trial = number === undefined ? undefined : trialFolder(folder, number)
  const hasTrial = trial !== undefined && hasModel(trial)
  if (plan === undefined) for (const name of ['model.json', finalStateName]) rmSync(join(folder, name), { force: true })

  let begun = plan !== undefined
  const begin = (planned: StepPlan): void => {
    if (!begun) record({ type: 'final-started', architecture, ...planned, number })
    begun = true
  }
  const adopt = async (why: string): Promise<FinalOutcome> => {
    if (!hasTrial) throw new Error(`The final training failed: ${why}`)
    begin({ epochs: 0 })
    hooks.onNote?.(`The final model is that of trial ${number}: ${why}.`)
    const outcome = await crew.adopt(config, trial, folder)
    return findOneShot(config.strategy) ? { ...outcome, weights: 'shared' } : outcome
  }
  if (time && plan === undefined && time.trainUntil - Date.now() < leastFinalMs && hasTrial) {
    return adopt('no time was left for a training of its own')
  }
  const from = finalWeights(config)
  if (from === 'shared' && hasTrial) return adopt('its shared weights are used as they are')
  const rows = course.store.trials()
  const row = rows.find((other) => other.number === number)
  const task = {
    architecture,
    config,
    metrics: row?.metrics,
    ...(from === 'better' && hasTrial ? { rival: row?.metrics } : {}),
    leastSteps: hasTrial && row ? lineageSteps(rows, row) : undefined,
    plan: plan ?? fixedPlan(config, course.examples),
    // What was planned before a kill is carried out, even if the kill has cost some time.
    until: plan ? undefined : time?.trainUntil,
  }
  try {
    const outcome = await crew.final(task, folder, {
      signal: hooks.signal,
      onEpoch: (epoch) => record({ type: 'final-epoch', record: epoch }),
      onPlan: begin,
    })
    if (hooks.signal?.aborted) return 'interrupted'
    if (outcome.status === 'failed') return await adopt(outcome.reason ?? 'its training failed')
    return findOneShot(config.strategy) ? { ...outcome, weights: 'scratch' } : outcome
  } catch (error) {
    if (hooks.signal?.aborted) return 'interrupted'
    if (error instanceof UserError) throw error
    return adopt(error instanceof Error ? error.message : String(error))
  }
}

/** Where a run's final weights come from. */
export const finalWeights = ({ strategy, strategyOptions }: Pick<RunConfig, 'strategy' | 'strategyOptions'>): FinalWeights =>
  findOneShot(strategy)?.finalWeights?.(strategyOptions) ?? 'scratch'

/** Steps of a trial and of those from whose weights it began. */
function lineageSteps(rows: readonly TrialRow[], row: TrialRow): number {
  const before = rows.find(({ number }) => number === row.inherited?.from)
  return (row.curve.at(-1)?.step ?? 0) + (before ? lineageSteps(rows, before) : 0)
}

/** Without a time budget the length is fixed by the size of the data, so that the same command always does the same. */
function fixedPlan({ budget, finalEpochs }: RunConfig, examples: number): StepPlan | undefined {
  if (finalEpochs !== undefined) return { epochs: finalEpochs }
  return budget.seconds === undefined ? { epochs: finalEpochsBySize(examples) } : undefined
}

/** A final model that was trained and kept just before a kill. */
async function keptFinal(folder: string, { architecture, plan }: Winner, state: RunState): Promise<FinalOutcome | undefined> {
  if (plan === undefined || !hasModel(folder) || existsSync(join(folder, finalStateName))) return undefined
  const model = await bestModel(folder, { ...state, final: { architecture, epochs: plan.epochs, curve: [], metrics: {} } })
  if (model?.architecture !== architecture || model.test === undefined) return undefined
  const { metrics } = model
  // Of the two ways of a run that takes the better one nothing tells which was kept.
  const weights = findOneShot(state.config.strategy) && finalWeights(state.config) === 'scratch' ? ({ weights: 'scratch' } as const) : {}
  return { status: 'finished', metrics, test: model.test.metrics, ...weights }
}
