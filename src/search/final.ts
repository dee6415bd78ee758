import type { BatchSource, Dataset } from '../data/dataset.ts'
import { mergeTrainAndValid } from '../data/records.ts'
import { measureLatency, networkCost } from '../network/index.ts'
import {
  type EpochRecord,
  evaluate,
  type Evaluation,
  measureStep,
  planSteps,
  type StepPlan,
  totalSteps,
  trainNetwork,
  type TrainOptions,
  type TrainSettings,
  type TrainState,
} from '../train/index.ts'
import { type Bench, childOf, finite, settingsFor } from './bench.ts'
import type { Metrics, RunConfig } from './events.ts'
import { weightBytes } from './limits.ts'
import type { Trained } from './trial.ts'

/** The final training as it is asked for; JSON. */
export interface FinalTask {
  readonly architecture: string
  readonly config: RunConfig
  /** Validation metrics of the trial that won: the final model, which has no validation part, keeps them beside its cost. */
  readonly metrics?: Metrics
  /** Steps of the trial that won: with a plan of fewer the trial's own model is the better one. */
  readonly leastSteps?: number
  /**
   * Validation metrics of weights that the network has already: it is then trained without the validation part, and unless it does better there, the
   * training counts as failed.
   */
  readonly rival?: Metrics
  /** Given, fixed by the data's size, or recorded before a kill; planned from the time when absent. */
  readonly plan?: StepPlan
  /** When training and test must have ended, ms since 1970. */
  readonly until?: number
}

export interface FinalHooks {
  /** Told before training begins; training waits for it. */
  readonly onPlan: (plan: StepPlan) => void | Promise<void>
  readonly onEpoch: (record: EpochRecord) => void
  readonly onCheckpoint?: (state: TrainState) => Promise<void>
  readonly resumeFrom?: TrainState
  readonly signal?: AbortSignal
}

/** What came of the final training; JSON. */
export interface FinalOutcome {
  /** 'stopped': cut short by the clock, with a model; 'failed': without one. */
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly reason?: string
  readonly metrics: Metrics
  /** All metrics that apply, on the test part. */
  readonly test: Metrics
  /** In a run with shared weights: whether the model has those. */
  readonly weights?: 'shared' | 'scratch'
}

export interface FinalResult {
  readonly outcome: FinalOutcome
  /** Absent when it failed. */
  readonly trained?: Trained & { readonly tested: Evaluation }
}

/** Why weights that are there already are kept instead of new ones, by their validation metrics; undefined when the new ones are better. */
function comparison(task: Dataset['task'], old: Metrics, fresh: Metrics): string | undefined {
  const [metric, sign] = task === 'classification' ? (['accuracy', 1] as const) : (['rmse', -1] as const)
  const [before, now] = [old[metric], fresh[metric]]
  if (!Number.isFinite(before) || sign * now > sign * before) return undefined
  if (!Number.isFinite(now)) return 'the time was too short to validate a training from scratch'
  return `on the validation part its shared weights are at least as good as a training from scratch (${metric} ${before.toPrecision(4)} and ${now.toPrecision(4)})`
}

const failed = (reason?: string): FinalResult => ({ outcome: { status: 'failed', reason, metrics: {}, test: {} } })

/** A final training of time to spare is given no more epochs than this: more rarely help. */
const maxEpochs = 100
/** Steps that are timed for the plan: enough of them that the batches prepared ahead are used up. */
const timedSteps = 40

/**
 * Trains an architecture from scratch on training and validation parts together, as long as the time allows (its schedule complete in it), then tests it: the only time that the test part is looked at.
 */
export async function runFinal(bench: Bench, task: FinalTask, hooks: FinalHooks): Promise<FinalResult> {
  const { runtime, threads, shared, device, cache, openBatches } = bench
  const { config, until } = task
  const { signal, resumeFrom } = hooks
  // Judged on the validation part when it has a rival.
  const whole = task.rival ? bench.dataset : mergeTrainAndValid(bench.dataset)
  const none = { ...whole.test, count: 0, targets: whole.test.targets.subarray(0, 0) }
  const dataset = task.rival ? whole : { ...whole, valid: none }
  const architecture = bench.space.parse(task.architecture)
  const network = childOf(bench, architecture)
  const common = { runtime, network, threads, shared, device, cache }
  const draft = settingsFor(bench, architecture, config, 1)
  const open = ({ batchSize, seed, augmentation }: TrainSettings): BatchSource => openBatches(dataset, { batchSize, seed, augmentation })
  let batches = open(draft)
  try {
    const timed =
      until === undefined && task.plan
        ? undefined
        : await measureStep({ ...common, dataset: whole, batches, settings: draft, steps: timedSteps })
    // Whole: its validation part gives the time of an evaluation, and with it the test's.
    const testMs =
      timed === undefined ? 0 : (1.2 * timed.evaluationMs * whole.test.count) / Math.max(1, whole.valid.count) + timed.compileMs / 3
    const trainUntil = until === undefined ? undefined : until - testMs
    const seconds = ((trainUntil ?? 0) - Date.now()) / 1000
    const plan =
      task.plan ??
      planSteps(timed?.stepMs ?? Number.POSITIVE_INFINITY, seconds, { batches: batches.batches, compileMs: timed?.compileMs, maxEpochs })
    if (task.plan === undefined && totalSteps(plan, batches.batches) < (task.leastSteps ?? 0)) {
      return failed('the time left was shorter than what its trial was trained for')
    }
    await hooks.onPlan(plan)
    // How pictures are varied depends on how often each is seen, which is known only now.
    const settings = settingsFor(bench, architecture, config, plan.epochs)
    await batches.close()
    batches = open(settings)
    const options: TrainOptions = {
      ...common,
      dataset,
      batches,
      settings: { ...settings, ...(plan.steps === undefined ? {} : { steps: plan.steps }) },
      deadline: trainUntil,
      elastic: maxEpochs * batches.batches,
      signal,
      resumeFrom,
      hooks: {
        onEpoch(record) {
          hooks.onEpoch({ ...record, metrics: finite(record.metrics) })
          return 'continue'
        },
        ...(hooks.onCheckpoint ? { onCheckpoint: hooks.onCheckpoint } : {}),
      },
    }
    const { status, reason, weights, curve, metrics: validated } = await trainNetwork(options)
    const { parameters, flops } = networkCost(network)
    if (status === 'failed' || signal?.aborted) return failed(reason)
    const beaten = task.rival && comparison(dataset.task, task.rival, validated)
    if (beaten !== undefined) return failed(beaten)
    const latencyMs = await measureLatency(runtime, network, weights, { threads: 1, device })
    const own = task.rival ? finite(validated) : {}
    const metrics = { ...task.metrics, ...own, parameters, flops, bytes: weightBytes(parameters), latencyMs }
    const tested = await evaluate({ ...common, weights, dataset: whole, part: 'test' })
    const outcome = { status, reason, metrics, test: finite(tested.metrics) }
    return { outcome, trained: { architecture: task.architecture, network, weights, metrics, curve, tested } }
  } finally {
    await batches.close()
  }
}
