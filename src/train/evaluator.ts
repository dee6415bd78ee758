import type { Records } from '../data/dataset.ts'
import { buildNetwork, type Network, networkCost, parameterSpecs, type Weights } from '../network/index.ts'
import { createInferenceProgram, type Device, input, type Runtime, type SessionCache, sizeOf } from '../tensor/index.ts'
import { argmaxRows, classificationMetrics, confusionMatrix, type Metrics, regressionMetrics, softmaxRows } from './metrics.ts'
import { normalizeInput } from './normalize.ts'
import { scaleOf, type TaskData, targetWidth } from './objective.ts'

export interface EvaluatorOptions {
  readonly runtime: Runtime
  readonly network: Network
  readonly data: TaskData
  /** Element type of the records. */
  readonly dtype: Records['dtype']
  readonly batchSize: number
  readonly threads?: number
  readonly device?: Device
  readonly shared?: boolean
  readonly cache?: SessionCache
}

/** What a network makes of a part of the data. */
export interface Evaluation {
  /** By name: accuracy, balanced-accuracy, f1, auc, loss; or rmse, mae, r2, loss. */
  readonly metrics: Metrics
  /** Classification: [examples × classes], in the order of the records. */
  readonly probabilities?: Float32Array
  /** Class of each example, or the value predicted, in the target's own unit. */
  readonly predictions: Int32Array | Float32Array
  /** Classification: counts by true class (rows) and predicted class (columns). */
  readonly confusion?: readonly (readonly number[])[]
}

/** A compiled forward pass that is used with many weights and parts. */
export interface Evaluator {
  readonly compileMs: number
  /** Resolves to undefined when `stopped` said so between two batches. Metrics are empty when there are no records. */
  evaluate(weights: Weights, records: Records, stopped?: () => boolean): Promise<Evaluation | undefined>
  release(): Promise<void>
}

/** Bytes of activations that a batch may hold at most. */
const mostBytes = 128 * 2 ** 20

/** A batch size for evaluation. 64 was the fastest of 4 to 256, by little; it does not change results. */
export const evaluationBatchSize = (network: Network, count: number): number =>
  Math.max(1, Math.min(count, 64, Math.floor(mostBytes / Math.max(networkCost(network).activationBytes, 1))))

/** Compiles a network's forward pass with its normalisation, for batches of one size; the last one is padded and the padding not counted. */
export async function createEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { network, data, dtype, batchSize, runtime, threads, device, shared, cache } = options
  const program = await createInferenceProgram({
    runtime,
    threads,
    device,
    shared,
    cache,
    weights: parameterSpecs(network),
    forward(get) {
      const raw = input('inputs', [batchSize, ...network.input.shape], dtype)
      return { output: buildNetwork(network, normalizeInput(raw, data.normalization, network.input), get, { training: false }).output }
    },
  })
  const width = targetWidth(data)

  async function outputs(records: Records, stopped: () => boolean): Promise<Float32Array | undefined> {
    const all = new Float32Array(records.count * width)
    const inputs = new (dtype === 'uint8' ? Uint8Array : Float32Array)(batchSize * sizeOf(network.input.shape))
    for (let start = 0; start < records.count; start += batchSize) {
      if (stopped()) return undefined
      // Beyond the end the last record is repeated: a batch has one size in a graph.
      const indices = Int32Array.from({ length: batchSize }, (_, i) => Math.min(start + i, records.count - 1))
      records.readInputs(indices, inputs)
      const { output } = await program.run({ inputs })
      const counted = Math.min(batchSize, records.count - start)
      all.set((output.data as Float32Array).subarray(0, counted * width), start * width)
    }
    return all
  }

  return {
    compileMs: program.compileMs,
    async evaluate(weights, records, stopped = () => false) {
      program.load(weights)
      const all = await outputs(records, stopped)
      return all && judged(data, all, records.targets)
    },
    release: () => program.release(),
  }
}

/** Metrics and predictions from raw outputs: logits, or standardised values. */
function judged(data: TaskData, outputs: Float32Array, targets: ArrayLike<number>): Evaluation {
  if (data.task === 'regression') {
    const { mean, deviation } = scaleOf(data)
    const predictions = outputs.map((value) => value * deviation + mean)
    return { predictions, metrics: targets.length > 0 ? regressionMetrics(predictions, targets, deviation) : {} }
  }
  const classes = data.classes.length
  const predictions = argmaxRows(outputs, classes)
  return {
    predictions,
    probabilities: softmaxRows(outputs, classes),
    confusion: confusionMatrix(predictions, targets, classes),
    metrics: targets.length > 0 ? classificationMetrics(outputs, targets, classes) : {},
  }
}
