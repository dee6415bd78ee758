import type { BatchSource, Dataset } from '../data/dataset.ts'
import { createEvaluator, evaluationBatchSize } from './evaluator.ts'
import { createStep, firstWeights, stepFeeds, type StepOptions } from './program.ts'

/** What a training's parts take here, measured. */
export interface StepMeasure {
  /** Mean milliseconds of a step, its batch included. */
  readonly stepMs: number
  /** Milliseconds of a validation of the whole validation part. */
  readonly evaluationMs: number
  /** Milliseconds to make the sessions. */
  readonly compileMs: number
}

export interface MeasureOptions extends StepOptions {
  readonly dataset: Dataset
  readonly batches: BatchSource
  /** Timed steps, after one that is not; default 5. */
  readonly steps?: number
}

/** Times a few real steps, on fresh weights, and a batch of validation. */
export async function measureStep(options: MeasureOptions): Promise<StepMeasure> {
  const { batches, dataset, network, settings, steps = 5, runtime, threads, device, shared, cache } = options
  const program = await createStep(options, await batches.batch(0, 0))
  try {
    program.load(firstWeights(network, settings))
    let began = performance.now()
    for (let step = 0; step <= steps; step++) {
      await program.step(stepFeeds(settings, await batches.batch(0, step % batches.batches), 0), { learningRate: 0 })
      // The first one is not timed: buffers are made in it.
      if (step === 0) began = performance.now()
    }
    const stepMs = (performance.now() - began) / steps
    const { count, dtype } = dataset.valid
    if (count === 0) return { stepMs, evaluationMs: 0, compileMs: program.compileMs }
    const batchSize = evaluationBatchSize(network, count)
    const evaluator = await createEvaluator({ runtime, network, data: dataset, dtype, batchSize, threads, device, shared, cache })
    try {
      const part = { ...dataset.valid, count: Math.min(count, 4 * batchSize), targets: dataset.valid.targets.subarray(0, 4 * batchSize) }
      const weights = program.weights()
      const began = performance.now()
      await evaluator.evaluate(weights, { ...part, readInputs: (indices, into) => dataset.valid.readInputs(indices, into) })
      const evaluationMs = ((performance.now() - began) * count) / part.count
      return { stepMs, evaluationMs, compileMs: program.compileMs + evaluator.compileMs }
    } finally {
      await evaluator.release()
    }
  } finally {
    await program.release()
  }
}

export interface StepPlan {
  readonly epochs: number
  /** Where not even one epoch fits: the steps that do. */
  readonly steps?: number
}

/** Measured times scatter: plans fill this share of the time; a training that turns out slower or faster is fitted to it (pace.ts). */
const filled = 0.92

/** From so many epochs on a plan is of whole ones: the part of an epoch that is left is not worth an odd end. */
const wholeFrom = 10

/**
 * How long to train so that the schedule is complete when the time is over.
 * @param stepMs milliseconds of one step
 * @param seconds for all of it
 * @param epoch its batches; milliseconds of validating after it; milliseconds spent once; most epochs to plan (default 300)
 */
export function planSteps(
  stepMs: number,
  seconds: number,
  epoch: { readonly batches: number; readonly evaluationMs?: number; readonly compileMs?: number; readonly maxEpochs?: number },
): StepPlan {
  const { batches, evaluationMs = 0, compileMs = 0, maxEpochs = 300 } = epoch
  const available = Math.max(seconds * 1000 * filled - compileMs, 0)
  const whole = Math.floor(available / (batches * stepMs + evaluationMs))
  if (whole >= Math.min(wholeFrom, maxEpochs)) return { epochs: Math.min(whole, maxEpochs) }
  const rest = Math.max(0, Math.floor((available - whole * (batches * stepMs + evaluationMs) - evaluationMs) / stepMs))
  if (rest === 0 && whole > 0) return { epochs: whole }
  return { epochs: whole + 1, steps: Math.max(1, whole * batches + Math.min(rest, batches)) }
}
