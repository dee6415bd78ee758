import { measureLatency, type Network, networkCost, parameterSpecs, type Weights } from '../network/index.ts'
import type { Architecture } from '../space/index.ts'
import { evaluate, reestimateStatistics } from '../train/index.ts'
import { targetWidth } from '../train/objective.ts'
import type { OneShotContext, Path } from './one-shot.ts'
import { supernetSettings } from './plan.ts'
import type { SharedWeights } from './shared-weights.ts'

/** A path with the weights it inherits, and what they are worth. */
export interface Judged {
  readonly network: Network
  readonly weights: Weights
  /** On the validation part. */
  readonly metrics: Readonly<Record<string, number>>
}

/** Batches over which a path's batch-norm statistics are taken. */
const recalibration = 8
/** Validation records that a path is judged with at most. */
const mostRecords = 4000

/**
 * Judges a path with shared weights: its batch-norm statistics, which are those of a mixture of paths, are estimated anew for it, then it is
 * validated.
 *
 * @param shared the weights of the trained supernet
 * @param inherit how the path's weights come from them; default: by name
 */
export async function judgePath(
  context: OneShotContext,
  shared: SharedWeights,
  architecture: Architecture,
  inherit: (path: Path) => Weights = ({ network }) => shared.take(parameterSpecs(network)),
): Promise<Judged> {
  const { space, dataset, seed, objectives, runtime, device, openBatches, ...session } = context
  const network = space.child(architecture, { input: dataset.input, outputs: targetWidth(dataset) })
  const { batchSize } = supernetSettings(context)
  const batches = openBatches(dataset, { batchSize, seed })
  try {
    const common = { ...session, runtime, device, network, dataset }
    const inherited = inherit({ network, architecture })
    const weights = await reestimateStatistics({ ...common, weights: inherited, batches, count: recalibration })
    const { valid } = dataset
    const count = Math.min(valid.count, mostRecords)
    const part =
      count === valid.count
        ? valid
        : { ...valid, count, targets: valid.targets.subarray(0, count), readInputs: valid.readInputs.bind(valid) }
    const { metrics } = await evaluate({ ...common, weights, part })
    const { parameters, flops } = networkCost(network)
    const cost = { parameters, flops }
    const wantsLatency = objectives.some(({ metric }) => metric === 'latencyMs')
    const latency: Readonly<Record<string, number>> = wantsLatency
      ? { latencyMs: await measureLatency(runtime, network, weights, { threads: 1, device }) }
      : {}
    return { network, weights, metrics: { ...metrics, ...cost, ...latency } }
  } finally {
    await batches.close()
  }
}
