import type { BatchData, BatchOptions } from '../batches.ts'
import type { RecordsHandle } from './shared-records.ts'

/** What a batch thread is started with. */
export interface ThreadSetup {
  readonly data: Omit<BatchData, 'train'>
  readonly records: RecordsHandle
  readonly options: BatchOptions
  /** Batches kept ready beyond the one asked for. */
  readonly ahead: number
}

/** A batch by its place: epoch × batches + index. */
export interface ThreadRequest {
  readonly place: number
}

export type FromThread =
  | { readonly place: number; readonly inputs: Uint8Array | Float32Array; readonly targets: Float32Array }
  | { readonly place: number; readonly error: { readonly name: string; readonly message: string; readonly stack?: string } }
