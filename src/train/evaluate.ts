import type { Dataset, Records } from '../data/dataset.ts'
import type { Network, Weights } from '../network/index.ts'
import type { Device, Runtime, SessionCache } from '../tensor/index.ts'
import { createEvaluator, type Evaluation, evaluationBatchSize } from './evaluator.ts'

export interface EvaluateOptions {
  readonly runtime: Runtime
  readonly network: Network
  readonly weights: Weights
  readonly dataset: Dataset
  /** Default `test`; or records of the same kind. */
  readonly part?: 'train' | 'valid' | 'test' | Records
  /** Default: what suits the network. */
  readonly batchSize?: number
  readonly threads?: number
  readonly device?: Device
  readonly shared?: boolean
  readonly cache?: SessionCache
}

/** Runs a network over a part of the data: metrics, predictions, confusion. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { dataset, part = 'test', weights, network, ...rest } = options
  const records = typeof part === 'string' ? dataset[part] : part
  const batchSize = options.batchSize ?? evaluationBatchSize(network, records.count)
  const evaluator = await createEvaluator({ ...rest, network, data: dataset, dtype: records.dtype, batchSize })
  try {
    return (await evaluator.evaluate(weights, records)) as Evaluation
  } finally {
    await evaluator.release()
  }
}
