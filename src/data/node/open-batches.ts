import { type BatchData, type BatchOptions, inProcessBatches } from '../batches.ts'
import type { BatchSource } from '../dataset.ts'
import { recordLength } from '../records.ts'
import { isBuilt, threadBatches } from './batch-worker.ts'
import { shareRecords } from './shared-records.ts'

/** Training data below this many bytes are batched in the calling thread: a batch then takes less time than a thread's messages. */
const threadFrom = 4 * 1024 * 1024

export interface OpenBatchesOptions extends BatchOptions {
  /** Whether a worker thread prepares the batches; by default it does for data of 4 MiB and more. */
  readonly thread?: boolean
}

/**
 * Training batches of a data set, prepared ahead in a worker thread where that pays, else in the calling thread; the batches are the same.
 * Close it when the training is over.
 */
export function openBatches(data: BatchData, options: OpenBatchesOptions): BatchSource {
  const { thread, ...batchOptions } = options
  const bytes = data.train.count * recordLength(data.input) * (data.train.dtype === 'uint8' ? 1 : 4)
  const wanted = thread ?? (isBuilt && bytes >= threadFrom)
  return wanted && shareRecords(data.train) ? threadBatches(data, batchOptions) : inProcessBatches(data, batchOptions)
}
