import type { InputSpec, Task } from '../network/network.ts'

/**
 * A part of a data set, decoded, read by position. Images are uint8 [channels, height, width] per record; tables and signals are float32,
 * already encoded (numbers raw with NaN for missing; categories as codes, 0 = missing or unseen).
 */
export interface Records {
  readonly count: number
  readonly dtype: 'uint8' | 'float32'
  /** Copies the inputs of the records at `indices` one after another into `into` (a multiple of the record's size). */
  readInputs(indices: ArrayLike<number>, into: Uint8Array | Float32Array): void
  /** Class index (Int32Array), or the regression target in its own unit (Float32Array), per record. */
  readonly targets: Int32Array | Float32Array
}

/**
 * Learnt on the training part only and kept with the model; the graph applies it, so raw pixels or raw encoded columns go in:
 * `(x - mean) * scale` per channel (images) or per numeric column (tables; missing values become the mean, that is 0 after it).
 */
export interface Normalization {
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/** How raw columns become a table's encoded row; also what the exported model needs to take raw columns. */
export interface ColumnEncoding {
  readonly name: string
  readonly kind: 'number' | 'category' | 'date'
  /** Categories in code order; code 0 stands for missing or unseen, so values[0] has code 1. */
  readonly values?: readonly string[]
  /** Dates: the order in which day, month and year were written. */
  readonly format?: DateFormat
  /** Dates: the numbers made of one, each a column of the encoded row. */
  readonly parts?: readonly DatePart[]
  /** Numbers and dates: one more column of the encoded row is 1 where the value is missing, else 0. */
  readonly indicator?: boolean
  /** Numbers written with a comma for the decimal point. */
  readonly decimalComma?: boolean
}

export type DateFormat = 'ymd' | 'dmy' | 'mdy'

/** `epoch` is days since 1970-01-01 (with its fraction), `weekday` is 0 for Sunday, `hour` has its fraction. */
export type DatePart = 'epoch' | 'year' | 'month' | 'weekday' | 'hour'

export interface Dataset {
  readonly name: string
  readonly kind: 'image' | 'table' | 'signal'
  readonly task: Task
  readonly input: InputSpec
  /** Class names; empty for regression. */
  readonly classes: readonly string[]
  /** Regression: batches carry `(target - mean) / deviation`; the records' targets stay in their own unit. Learnt on the training part. */
  readonly targetScale?: { readonly mean: number; readonly deviation: number }
  readonly columns?: readonly ColumnEncoding[]
  readonly target?: string
  readonly normalization: Normalization
  readonly train: Records
  readonly valid: Records
  readonly test: Records
  /** Plain sentences about what was found (skipped files, constant columns, imbalance). */
  readonly notes: readonly string[]
  /** Closes the files that the records are read from; the data set is not used after it. */
  close?(): void
}

/** Augmentations of training images; each off when absent. */
export interface Augmentation {
  readonly flip?: boolean
  /** Pads by this many pixels and crops at random. */
  readonly crop?: number
  readonly cutout?: number
  readonly mixup?: number
  readonly erasing?: number
  readonly jitter?: number
}

/** One batch as the training graph takes it; `targets` are one-hot (or mixed) rows, or standardised regression values (one a record). */
export interface Batch {
  readonly inputs: Uint8Array | Float32Array
  readonly targets: Float32Array
}

/** Gives the training batches of an epoch in a seeded order; prepared ahead, off the training thread where the platform can. */
export interface BatchSource {
  /** Batches in a whole epoch (the last partial one is dropped). */
  readonly batches: number
  /** Records in a batch: what was asked for, or as many as there are when there are fewer. */
  readonly batchSize: number
  /** Resolves to batch `index` of `epoch`; the same (seed, epoch, index) always gives the same batch. Arrays may be reused after the next call. */
  batch(epoch: number, index: number): Promise<Batch>
  close(): Promise<void>
}
