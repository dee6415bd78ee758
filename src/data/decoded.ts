import type { InputSpec, Task } from '../network/network.ts'
import type { ColumnEncoding, Dataset, Records } from './dataset.ts'

/** What is known of a source once it is decoded, but for the records; plain JSON. */
export interface DecodedInfo {
  readonly kind: Dataset['kind']
  readonly task: Task
  readonly input: InputSpec
  readonly dtype: 'uint8' | 'float32'
  /** Empty for regression. */
  readonly classes: readonly string[]
  readonly columns?: readonly ColumnEncoding[]
  readonly target?: string
  readonly notes: readonly string[]
  /** The test part is held out with this seed whatever the seed of the run (built-in sets, whose figures are compared). */
  readonly testSeed?: number
}

/** A source's records in its own order, before they are split. */
export interface Decoded {
  readonly info: DecodedInfo
  readonly records: Records
  /** `givenPart` of each record. */
  readonly given: Uint8Array
  close?(): void
}

/** Takes decoded inputs, record after record, as bytes. */
export interface RecordSink {
  append(bytes: Uint8Array): void
}

/** What decoding gives back besides the inputs, which went into the sink. */
export interface DecodeResult {
  readonly info: DecodedInfo
  readonly targets: Int32Array | Float32Array
  readonly given?: Uint8Array
}

/** Something that can be decoded into records: files of one format, seen but not yet read. */
export interface DataSource {
  /** What a person calls it. */
  readonly name: string
  /** Tells the files' content apart: sizes and times of change. */
  readonly fingerprint: string
  /** All that decoding depends on besides the files; plain JSON. */
  readonly key: Readonly<Record<string, unknown>>
  /** Worth keeping on disk; quick ones are decoded anew each time. */
  readonly slow: boolean
  decode(sink: RecordSink): Promise<DecodeResult>
}
