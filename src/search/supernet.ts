import {
  type OneShotContext,
  type OneShotEntry,
  findOneShot,
  judgePath,
  learnedOf,
  type Path,
  searchedSpace,
  sharedWeightsOf,
  type SupernetEpoch,
  type SupernetPlan,
  type SupernetResult,
  type SupernetState,
  trainSupernet,
} from '../oneshot/index.ts'
import { SpaceError } from '../space/error.ts'
import type { SearchSpace } from '../space/types.ts'
import { defaultSettings } from '../train/index.ts'
import type { Dataset } from '../data/dataset.ts'
import { type Bench, outputsOf, rewarded } from './bench.ts'
import type { RunConfig, TrialTask } from './events.ts'
import { affordable, weightBytes } from './limits.ts'
import type { TrialOutcome } from './trial.ts'

/** The training of a supernet as it is asked for; JSON. */
export interface SupernetTask {
  readonly config: RunConfig
  /** Recorded before a kill; planned from the time when absent. */
  readonly plan?: SupernetPlan
  /** When training must have ended, ms since 1970. */
  readonly until?: number
}

export interface SupernetRunHooks {
  /** Told before training begins; training waits for it. */
  readonly onPlan: (plan: SupernetPlan) => void | Promise<void>
  readonly onEpoch: (record: SupernetEpoch) => void
  readonly onCheckpoint?: (state: SupernetState) => void | Promise<void>
  readonly resumeFrom?: SupernetState
  readonly signal?: AbortSignal
}

/**
 * The space that a weight-sharing method searches on these data.
 *
 * @param onReject see `affordable`
 */
export function sharedSpace(whole: SearchSpace, config: RunConfig, dataset: Dataset, onReject?: () => void): SearchSpace {
  const context = { input: dataset.input, outputs: outputsOf(dataset) }
  return affordable(searchedSpace(whole, defaultSettings(dataset, { seed: config.seed })), config, context, onReject)
}

/** What a method works with in a run. */
export function oneShotContext(bench: Bench, config: RunConfig): OneShotContext {
  const { runtime, dataset, threads, shared, device, cache, openBatches, reward } = bench
  const { seed, objectives, fidelity, fidelityFrom } = config
  const space = sharedSpace(bench.space, config, dataset)
  return {
    runtime,
    dataset,
    space,
    openBatches,
    seed,
    share: fidelityFrom === 'given' ? fidelity.share : undefined,
    objectives,
    reward,
    threads,
    shared,
    device,
    cache,
  }
}

/** Plans the training of a supernet, where no plan is recorded, and carries it out. */
export async function runSupernet(bench: Bench, entry: OneShotEntry, task: SupernetTask, hooks: SupernetRunHooks): Promise<SupernetResult> {
  const { config, until } = task
  const { strategyOptions: options, fidelity, fidelityFrom } = config
  const context = oneShotContext(bench, config)
  const seconds = until === undefined ? undefined : (): number => Math.max(0.1, (until - Date.now()) / 1000)
  const rest = { ...hooks, deadline: until }
  if (task.plan) return trainSupernet(entry, context, task.plan, options, rest)
  if (fidelityFrom !== 'given') return trainSupernet(entry, context, { seconds, planned: hooks.onPlan }, options, rest)
  const plan = { epochs: fidelity.epochs }
  await hooks.onPlan(plan)
  return trainSupernet(entry, context, plan, options, rest)
}

/** Judges a path with the weights of a trained supernet: what a trial is in a search with shared weights. */
export async function judgeTrial(bench: Bench, { architecture: text, config }: TrialTask, state: SupernetState): Promise<TrialOutcome> {
  const context = oneShotContext(bench, config)
  try {
    const shared = sharedWeightsOf(state, config.seed)
    const method = findOneShot(config.strategy)
    const trained = { space: context.space, learned: learnedOf(state), options: config.strategyOptions }
    const inherit = method?.inherit && ((path: Path) => (method.inherit as Inherit)(path, shared, trained))
    const { network, weights, metrics: judged } = await judgePath(context, shared, bench.space.parse(text), inherit)
    const metrics = rewarded(bench, { ...judged, bytes: weightBytes(judged.parameters) })
    const missing = config.objectives.find(({ metric }) => metrics[metric] === undefined)
    if (missing) return failed(`${missing.metric} could not be computed on the validation part`)
    return { end: { status: 'finished', metrics }, trained: { architecture: text, network, weights, metrics, curve: [] } }
  } catch (error) {
    // A network that cannot be built is the architecture's fault, not the user's.
    if (error instanceof SpaceError) return failed(error.message)
    throw error
  }
}

type Inherit = NonNullable<OneShotEntry['inherit']>

const failed = (reason: string): TrialOutcome => ({ end: { status: 'failed', metrics: {}, reason } })
