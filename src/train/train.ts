import type { Batch, BatchSource, Dataset, Records } from '../data/dataset.ts'
import { subset } from '../data/records.ts'
import { UserError } from '../errors.ts'
import { parameterSpecs, type Weights } from '../network/index.ts'
import { bestOf, epochFault, epochsSinceBest, isBetter, lossFault } from './curve.ts'
import { createEvaluator, type Evaluator, evaluationBatchSize } from './evaluator.ts'
import { isOutOfMemory, memoryReason } from './memory.ts'
import { chanceLoss } from './objective.ts'
import { fitStretch, scheduleStep, type Stretch, wholeStretch } from './pace.ts'
import { batchSizeOf, createStep, firstWeights, stepFeeds, type StepOptions } from './program.ts'
import { learningRateAt, totalSteps } from './schedule.ts'
import { packState, unpackState } from './state.ts'
import type { TrainingProgram } from '../tensor/index.ts'
import type { EpochRecord, TrainHooks, TrainResult, TrainState, Verdict } from './types.ts'

export interface TrainOptions extends StepOptions {
  readonly dataset: Dataset
  readonly batches: BatchSource
  readonly hooks?: TrainHooks
  /** Weights to begin from instead of fresh ones; all that the network names. */
  readonly initial?: Weights
  /** Goes on exactly where this state was taken, with the same network, data and settings. */
  readonly resumeFrom?: TrainState
  /** When to stop, in milliseconds since 1970: no step begins that would end later. */
  readonly deadline?: number
  /**
   * With a deadline: steps that turn out slower or faster than planned shorten or lengthen the training (to this many steps at most), so that its schedule
   * is complete at the deadline.
   */
  readonly elastic?: number
  /**
   * Shares of the training (above 0, below 1) after which it is validated on the way, on a part of the validation records where there are many; at its end it
   * is validated whole. Default: after every epoch, whole.
   */
  readonly points?: readonly number[]
  /** Stops before the next step. */
  readonly signal?: AbortSignal
  /** Seconds between states given to `onCheckpoint` within an epoch; default 30. */
  readonly checkpointSeconds?: number
}

/**
 * Trains a network and validates it after every epoch; keeps the best checkpoint. Deterministic for a seed and a number of threads.
 * Trouble that belongs to the network (NaN, divergence, too little memory) is a result with status `failed` and its reason.
 * @throws UserError when there is nothing to train on
 */
export async function trainNetwork(options: TrainOptions): Promise<TrainResult> {
  const { batches, dataset, settings, resumeFrom } = options
  if (batches.batches < 1) throw new UserError('There is not one batch of training examples; use more data or a smaller batch size.')
  const start = resumeFrom?.step ?? 0
  // The last state may stand at the very end: any batch tells size and type.
  const first = await batches.batch(Math.floor(start / batches.batches), start % batches.batches)
  const run = new TrainingRun(options, totalSteps(settings, batches.batches))
  try {
    return await run.go(first)
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    return run.result('failed', memoryReason(batchSizeOf(first, dataset)))
  } finally {
    await run.release()
  }
}

/** Validation records that a point on the way looks at: enough to tell good from bad. */
const onTheWay = 1500

/** Some records, evenly from all of them. */
function someOf(records: Records): Records {
  if (records.count <= onTheWay) return records
  return subset(
    records,
    Int32Array.from({ length: onTheWay }, (_, i) => Math.floor((i * records.count) / onTheWay)),
  )
}

/** Steps over which a pace is measured. */
const pacedSteps = 25

type Part<M> = M extends ReadonlyMap<string, infer V> ? V : never

/** Why training ends before its last step. */
class Stop {
  constructor(
    readonly status: 'stopped' | 'failed' | 'finished',
    readonly reason: string,
  ) {}
}

class TrainingRun {
  private program: TrainingProgram | undefined
  private evaluator: Evaluator | undefined
  private best: Weights | undefined
  private readonly curve: EpochRecord[]
  private readonly times: number[] = []
  private partial: { loss: number; steps: number }
  private epochBegan = performance.now()
  private checkpointed = performance.now()
  private stretch: Stretch
  /** Since when and from which step on the pace is measured, and what it was before. */
  private readonly points: ReadonlySet<number> | undefined
  private paced: { readonly step: number; readonly at: number; readonly ms?: number } | undefined

  constructor(
    private readonly options: TrainOptions,
    /** Steps as planned, over which the schedule spans. */
    private readonly planned: number,
  ) {
    this.stretch = options.resumeFrom?.stretch ?? wholeStretch(planned)
    this.curve = [...(options.resumeFrom?.curve ?? [])]
    this.points = options.points && new Set(options.points.map((share) => Math.max(1, Math.round(share * planned))))
    this.partial = { ...(options.resumeFrom?.partial ?? { loss: 0, steps: 0 }) }
  }

  async go(first: Batch): Promise<TrainResult> {
    await this.prepare(first)
    const stop = await this.loop(first)
    return this.result(stop?.status ?? 'finished', stop?.reason)
  }

  async release(): Promise<void> {
    await this.program?.release()
    await this.evaluator?.release()
  }

  result(status: TrainResult['status'], reason?: string): TrainResult {
    // Points on the way may have seen a part of the records only: the last one counts.
    const point = this.points ? this.curve[this.curve.length - 1] : bestOf(this.options.dataset.task, this.curve)
    const current = (): Weights => (this.program && status !== 'failed' ? this.currentWeights() : new Map())
    const sorted = [...this.times].sort((a, b) => a - b)
    return {
      status,
      ...(reason === undefined ? {} : { reason }),
      curve: this.curve,
      metrics: status === 'failed' || !point ? {} : point.metrics,
      weights: this.best ?? current(),
      steps: this.program?.steps ?? 0,
      stepMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
      compileMs: (this.program?.compileMs ?? 0) + (this.evaluator?.compileMs ?? 0),
    }
  }

  private async prepare(first: Batch): Promise<void> {
    const { network, dataset, settings, resumeFrom, initial, runtime, threads, device, shared, cache } = this.options
    this.program = await createStep(this.options, first)
    if (resumeFrom) {
      const { program, best } = unpackState(resumeFrom)
      this.program.restore(program)
      this.best = best
    } else {
      this.program.load(firstWeights(network, settings, initial))
    }
    if (dataset.valid.count === 0) return
    const batchSize = evaluationBatchSize(network, dataset.valid.count)
    this.evaluator = await createEvaluator({
      runtime,
      network,
      data: dataset,
      dtype: dataset.valid.dtype,
      batchSize,
      threads,
      device,
      shared,
      cache,
    })
  }

  private async loop(first: Batch): Promise<Stop | undefined> {
    const { batches, hooks } = this.options
    const program = this.program as TrainingProgram
    let ready: Batch | undefined = first
    while (program.steps < this.stretch.end) {
      const before = this.overdue() ?? this.impatient()
      if (before) return before
      const step = program.steps
      const batch: Batch = ready ?? (await batches.batch(Math.floor(step / batches.batches), step % batches.batches))
      ready = undefined
      const loss = await this.step(batch, step)
      const fault = lossFault(loss, step + 1)
      if (fault) return new Stop('failed', fault)
      const verdict = hooks?.onStep?.(step + 1, this.stretch.end, loss)
      this.keepPace(step + 1)
      const atEnd = program.steps === this.stretch.end || (this.points?.has(program.steps) ?? program.steps % batches.batches === 0)
      const stop = (atEnd ? await this.endEpoch() : undefined) ?? stopped(verdict)
      if (stop) return stop
      if (!atEnd) await this.checkpointWhenDue()
    }
    return undefined
  }

  private async step(batch: Batch, step: number): Promise<number> {
    const { settings } = this.options
    const began = performance.now()
    const place = scheduleStep(this.stretch, this.planned, step)
    const { loss } = await (this.program as TrainingProgram).step(stepFeeds(settings, batch, place / this.planned), {
      learningRate: learningRateAt(settings, place, this.planned),
    })
    this.times.push(performance.now() - began)
    this.partial.loss += loss
    this.partial.steps += 1
    return loss
  }

  /** Fits the training to its deadline by its pace, waiting for batches and validating included. */
  private keepPace(step: number): void {
    const { deadline, elastic } = this.options
    if (elastic === undefined || deadline === undefined) return
    const now = performance.now()
    this.paced ??= { step, at: now }
    const measured = step - this.paced.step
    if (measured >= pacedSteps) this.paced = { step, at: now, ms: (now - this.paced.at) / measured }
    if (this.paced.ms !== undefined)
      this.stretch = fitStretch(this.stretch, this.planned, step, deadline - Date.now(), this.paced.ms, elastic)
  }

  /** Validates, keeps the best, asks the hooks. */
  private async endEpoch(): Promise<Stop | undefined> {
    const { dataset, hooks, batches } = this.options
    const weights = this.currentWeights()
    const steps = (this.program as TrainingProgram).steps
    const part = this.points && steps < this.stretch.end ? someOf(dataset.valid) : dataset.valid
    const validation = await this.evaluator?.evaluate(weights, part, () => this.overdue() !== undefined)
    if (this.evaluator && !validation) return this.overdue()
    const record: EpochRecord = {
      epoch: Math.ceil(steps / batches.batches),
      step: steps,
      ...(this.points ? { share: Math.min(1, steps / this.stretch.end) } : {}),
      trainLoss: this.partial.loss / this.partial.steps,
      validLoss: validation?.metrics.loss ?? Number.NaN,
      metrics: validation?.metrics ?? {},
      seconds: (performance.now() - this.epochBegan) / 1000,
    }
    this.epochBegan = performance.now()
    this.partial = { loss: 0, steps: 0 }
    const before = bestOf(dataset.task, this.curve)
    this.curve.push(record)
    const fault = epochFault(record, chanceLoss(dataset), validation !== undefined)
    if (!fault && (!before || this.points || isBetter(dataset.task, record, before) || !validation)) this.best = weights
    const verdict = await hooks?.onEpoch?.(record)
    if (fault) return new Stop('failed', fault)
    await this.checkpoint()
    return stopped(verdict)
  }

  private currentWeights(): Weights {
    const { network, settings } = this.options
    const program = this.program as TrainingProgram
    const all = settings.ema === undefined ? program.weights() : program.emaWeights()
    if (!settings.auxiliary) return all
    // Those of the auxiliary head served the training only.
    return new Map(parameterSpecs(network).map(({ name }) => [name, all.get(name) as Part<Weights>]))
  }

  private impatient(): Stop | undefined {
    const { dataset, settings } = this.options
    if (settings.patience === undefined || !this.evaluator) return undefined
    const waited = epochsSinceBest(dataset.task, this.curve)
    return waited < settings.patience ? undefined : new Stop('finished', `no better validation result for ${waited} epochs`)
  }

  private overdue(): Stop | undefined {
    const { deadline, signal } = this.options
    if (signal?.aborted) return new Stop('stopped', 'it was cancelled')
    const stepMs = this.times[this.times.length - 1] ?? 0
    return deadline !== undefined && Date.now() + stepMs > deadline ? new Stop('stopped', 'its time was up') : undefined
  }

  private async checkpointWhenDue(): Promise<void> {
    if (performance.now() - this.checkpointed > 1000 * (this.options.checkpointSeconds ?? 30)) await this.checkpoint()
  }

  private async checkpoint(): Promise<void> {
    this.checkpointed = performance.now()
    const { hooks } = this.options
    if (hooks?.onCheckpoint)
      await hooks.onCheckpoint(
        packState((this.program as TrainingProgram).state(), this.best, this.curve, { ...this.partial }, this.stretch),
      )
  }
}

const stopped = (verdict: Verdict | undefined): Stop | undefined =>
  verdict === undefined || verdict === 'continue' ? undefined : new Stop('stopped', verdict.stop)
