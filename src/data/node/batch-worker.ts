import { UserError } from '../../errors.ts'
import { type BatchData, type BatchOptions, batchMaker } from '../batches.ts'
import type { Batch, BatchSource } from '../dataset.ts'
import type { FromThread, ThreadRequest, ThreadSetup } from './batch-messages.ts'
import { type RecordsHandle, shareRecords } from './shared-records.ts'
import { startThread } from './thread.ts'

/** Batches prepared beyond the one in use. */
const defaultAhead = 3

/** Whether the batch thread can be started as a file of its own (from dist/), without a loader. */
export const isBuilt = import.meta.url.endsWith('.js')

/**
 * Training batches prepared ahead in a worker thread; the same batches as `inProcessBatches`. Records in memory are shared (copied once when they are
 * not in shared memory), batches are handed over without a copy. An error in the thread rejects the batch that was asked for, and all later ones.
 * Throws a RangeError for options that `batchMaker` refuses, and a TypeError for records that cannot be handed to a thread.
 */
export function threadBatches(data: BatchData, options: BatchOptions, ahead = defaultAhead): BatchSource {
  const handle = shareRecords(data.train)
  if (handle === undefined) throw new TypeError('These records cannot be handed to a worker thread; use inProcessBatches')
  // Made here too, so that bad options are refused at once; it costs no batch.
  const { batches, batchSize } = batchMaker(data, options)
  const { kind, task, input, classes, targetScale, normalization } = data
  const setup: ThreadSetup = {
    data: { kind, task, input, classes, targetScale, normalization },
    records: inSharedMemory(handle),
    options,
    ahead,
  }
  const worker = startThread('batch-thread', import.meta.url, setup)
  const waiting = new Map<number, { readonly resolve: (batch: Batch) => void; readonly reject: (error: Error) => void }[]>()
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    for (const waiters of waiting.values()) for (const { reject } of waiters) reject(failure)
    waiting.clear()
    void worker.terminate()
  }
  worker.on('message', (message: FromThread) => {
    const waiters = waiting.get(message.place) ?? []
    const first = waiters.shift()
    if (waiters.length === 0) waiting.delete(message.place)
    if ('error' in message) {
      first?.reject(revived(message.error))
      fail(revived(message.error))
    } else first?.resolve({ inputs: message.inputs, targets: message.targets })
    if (waiting.size === 0) worker.unref()
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`The thread that prepares batches ended (code ${code})`)))
  worker.unref()

  return {
    batches,
    batchSize,
    async batch(epoch, index) {
      if (!(index >= 0 && index < batches)) throw new RangeError(`There is no batch ${index}: an epoch has ${batches}`)
      if (failure) throw failure
      const place = epoch * batches + index
      // Waiting for a batch keeps the process alive; a thread that only works ahead does not.
      worker.ref()
      return new Promise<Batch>((resolve, reject) => {
        waiting.set(place, [...(waiting.get(place) ?? []), { resolve, reject }])
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
        worker.postMessage({ place } satisfies ThreadRequest)
      })
    },
    async close() {
      worker.removeAllListeners('exit')
      fail(new Error('These batches were closed'))
      await worker.terminate()
    },
  }
}

/** Copies what is not in shared memory into it, so that the thread gets no copy of its own. */
function inSharedMemory(handle: RecordsHandle): RecordsHandle {
  if (handle.kind === 'subset') return { ...handle, parent: inSharedMemory(handle.parent) }
  if (handle.kind === 'merged') return { ...handle, first: inSharedMemory(handle.first), second: inSharedMemory(handle.second) }
  if (handle.kind === 'file' || handle.inputs.buffer instanceof SharedArrayBuffer) return handle
  const { inputs } = handle
  const buffer = new SharedArrayBuffer(inputs.byteLength)
  const shared = inputs instanceof Uint8Array ? new Uint8Array(buffer) : new Float32Array(buffer)
  shared.set(inputs)
  return { ...handle, inputs: shared }
}

function revived({ name, message, stack }: { name: string; message: string; stack?: string }): Error {
  if (name === 'UserError') return new UserError(message)
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}
