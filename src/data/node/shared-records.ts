import type { Records } from '../dataset.ts'
import { MemoryRecords, MergedRecords, SubsetRecords } from '../records.ts'
import { type FileLayout, FileRecords } from './file-records.ts'

/** Records as they are handed to another thread: memory is shared, files are opened again there, views go along. */
export type RecordsHandle =
  | {
      readonly kind: 'memory'
      readonly inputs: Uint8Array | Float32Array
      readonly targets: Int32Array | Float32Array
      readonly length: number
    }
  | { readonly kind: 'file'; readonly layout: FileLayout; readonly targets: Int32Array | Float32Array }
  | { readonly kind: 'subset'; readonly parent: RecordsHandle; readonly indices: Uint32Array }
  | { readonly kind: 'merged'; readonly first: RecordsHandle; readonly second: RecordsHandle }

/** A handle to records, or undefined for records of a kind that cannot be handed over. */
export function shareRecords(records: Records): RecordsHandle | undefined {
  if (records instanceof MemoryRecords) return { kind: 'memory', inputs: records.inputs, targets: records.targets, length: records.length }
  if (records instanceof FileRecords) return { kind: 'file', layout: records.layout, targets: records.targets }
  if (records instanceof SubsetRecords) {
    const parent = shareRecords(records.parent)
    return parent && { kind: 'subset', parent, indices: records.indices }
  }
  if (records instanceof MergedRecords) {
    const [first, second] = [shareRecords(records.first), shareRecords(records.second)]
    return first && second && { kind: 'merged', first, second }
  }
  return undefined
}

/** The records that a handle stands for, in the thread that got it. */
export function takeRecords(handle: RecordsHandle): Records {
  switch (handle.kind) {
    case 'memory':
      return new MemoryRecords(handle.inputs, handle.targets, handle.length)
    case 'file':
      return new FileRecords(handle.layout, handle.targets)
    case 'subset':
      return new SubsetRecords(takeRecords(handle.parent), handle.indices)
    case 'merged':
      return new MergedRecords(takeRecords(handle.first), takeRecords(handle.second))
  }
}
