import { initialWeights, measureLatency, type Network, networkCost, trainingWork, type Weights } from '../network/index.ts'
import { SpaceError } from '../space/error.ts'
import { randomFor } from '../space/random.ts'
import type { Architecture } from '../space/types.ts'
import { type EpochRecord, measureStep, trainNetwork, type TrainState } from '../train/index.ts'
import { type Bench, childOf, finite, outputsOf, rewarded, settingsFor } from './bench.ts'
import type { TrialCost } from './budget.ts'
import { affordable, weightBytes } from './limits.ts'
import { type Ancestor, beginFrom } from './inherit.ts'
import type { Metrics, RunConfig, TrialEnd, TrialListener, TrialTask } from './events.ts'
import { findScore, scoreNetwork } from '../proxy/zero-cost/index.ts'
import { pointsOf, scoresOf } from './proxies.ts'
import { isReduced, reducedChild } from './reduced.ts'

export interface TrialHooks extends TrialListener {
  readonly signal?: AbortSignal
  /** Where a paused trial stood, for one that goes on. */
  readonly resumeFrom?: TrainState
}

/** A trained network. */
export interface Trained {
  readonly architecture: string
  readonly network: Network
  readonly weights: Weights
  readonly metrics: Metrics
  readonly curve: readonly EpochRecord[]
}

export interface TrialOutcome {
  readonly end: TrialEnd
  /** The best checkpoint of a finished trial. */
  readonly trained?: Trained
  /** Where a trial stands that was told to stop. */
  readonly paused?: TrainState
}

/**
 * Trains one architecture at the run's fidelity and says what came of it: validation metrics, parameters, FLOPs, milliseconds for one example.
 *
 * @param ancestor the trained network that the task `inherits` from
 */
export async function runTrial(
  bench: Bench,
  { architecture: text, config }: TrialTask,
  { onEpoch, onScores, signal, resumeFrom }: TrialHooks,
  ancestor?: Ancestor,
): Promise<TrialOutcome> {
  const { runtime, dataset, threads, shared, device, cache, openBatches } = bench
  const session = { runtime, threads, shared, device, cache }
  const architecture = bench.space.parse(text)
  const network = networkOrReason(bench, architecture, config)
  if (typeof network === 'string') return failed(network)
  const { epochs, share } = config.fidelity
  const settings = settingsFor(bench, architecture, config, epochs)
  const { batchSize, seed, augmentation } = settings
  // What the network costs that it stands for.
  const reduced = isReduced(config.fidelity)
  const whole = reduced ? childOf(bench, architecture) : network
  const { parameters, flops } = networkCost(whole)
  const cost = { parameters, flops, bytes: weightBytes(parameters) }
  const batches = openBatches(dataset, { batchSize, seed, augmentation, share })
  let pausing = false
  let paused: TrainState | undefined
  try {
    const hooks = {
      async onEpoch(record: EpochRecord) {
        const own = bench.reward ? rewarded(bench, { ...record.metrics, ...cost }) : record.metrics
        const verdict = await onEpoch({ ...record, metrics: finite(own) })
        pausing = verdict !== 'continue'
        return verdict
      },
      async onCheckpoint(state: TrainState) {
        if (pausing) paused = state
      },
    }
    const names = scoresOf(config)
    if (onScores && names.length > 0 && !resumeFrom) {
      const scores = names.map(findScore)
      const scored = await scoreNetwork(network, { ...session, data: dataset, batch: await batches.batch(0, 0), scores, seed })
      const verdict = await onScores(finite(scored))
      if (verdict !== 'continue') return { end: { status: 'stopped', metrics: finite(cost), reason: verdict.stop } }
    }
    const begun = resumeFrom ? undefined : ancestor && (await beginFrom(bench, ancestor, network, batches, config.seed))
    const points = pointsOf(config)
    const options = { ...session, network, dataset, batches, settings, signal, hooks, points, resumeFrom }
    const result = await trainNetwork({ ...options, initial: begun?.weights })
    const inherited = begun?.inherited
    if (paused && result.status === 'stopped') {
      const metrics = rewarded(bench, { ...finite(result.metrics), ...cost })
      return { end: { status: 'stopped', metrics, reason: result.reason, inherited }, paused }
    }
    if (result.status !== 'finished') return { end: { status: result.status, metrics: {}, reason: result.reason, inherited } }
    const weights = reduced ? initialWeights(whole, config.seed) : result.weights
    const latencyMs = await measureLatency(runtime, whole, weights, { threads, device })
    const metrics: Metrics = rewarded(bench, { ...finite(result.metrics), ...cost, latencyMs })
    const missing = config.objectives.find(({ metric }) => metrics[metric] === undefined)
    if (missing) return failed(`${missing.metric} could not be computed on the validation part`)
    // A smaller network is no model of the run.
    if (reduced) return { end: { status: 'finished', metrics, inherited } }
    return {
      end: { status: 'finished', metrics, inherited },
      trained: { architecture: text, network, weights: result.weights, metrics, curve: result.curve },
    }
  } finally {
    await batches.close()
  }
}

const failed = (reason: string): TrialOutcome => ({ end: { status: 'failed', metrics: {}, reason } })

/** A network that cannot be built is the architecture's fault, not the user's. */
function networkOrReason(bench: Bench, architecture: Architecture, config: RunConfig): Network | string {
  try {
    return reducedChild(bench, architecture, config)
  } catch (error) {
    if (error instanceof SpaceError) return error.message
    throw error
  }
}

/** Random architectures of the space with the work of training them, the cheapest first. */
export function sampleCosts(
  { space: whole, dataset }: Bench,
  { seed, limits }: Pick<RunConfig, 'seed' | 'limits'>,
  samples = 41,
): readonly { readonly architecture: Architecture; readonly work: number }[] {
  const context = { input: dataset.input, outputs: outputsOf(dataset) }
  const space = affordable(whole, { limits }, context)
  return Array.from({ length: samples }, (_, i) => space.sample(randomFor(seed, 'reference', i)))
    .map((architecture) => ({ architecture, work: trainingWork(space.cost(architecture, context)) }))
    .sort((a, b) => a.work - b.work)
}

/** Measures what a trial of a typical architecture takes here, for the plan of the run. */
export async function measureTrial(bench: Bench, config: RunConfig): Promise<TrialCost> {
  const { runtime, dataset, threads, shared, device, cache, openBatches } = bench
  const samples = sampleCosts(bench, config)
  const { architecture, work } = samples[Math.floor(samples.length / 2)]
  const settings = settingsFor(bench, architecture, config, 1)
  const { batchSize, seed, augmentation } = settings
  const batches = openBatches(dataset, { batchSize, seed, augmentation })
  try {
    const network = childOf(bench, architecture)
    const { stepMs, evaluationMs, compileMs } = await measureStep({
      runtime,
      network,
      dataset,
      batches,
      settings,
      threads,
      shared,
      device,
      cache,
    })
    return {
      epochSeconds: (batches.batches * stepMs) / 1000,
      validSeconds: evaluationMs / 1000,
      // Once more for the latency's session, and saving.
      fixedSeconds: (1.5 * compileMs) / 1000 + 0.1,
      batches: batches.batches,
      work,
      spread: samples.map((sample) => sample.work),
    }
  } finally {
    await batches.close()
  }
}
