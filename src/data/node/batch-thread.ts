import { parentPort, workerData } from 'node:worker_threads'
import { batchMaker } from '../batches.ts'
import type { FromThread, ThreadRequest, ThreadSetup } from './batch-messages.ts'
import { takeRecords } from './shared-records.ts'

/**
 * Runs in the worker thread: makes the batch that is asked for, then those that come after it, `ahead` of them at most, so that the next one lies
 * ready when it is wanted. What was made is kept here until it is asked for.
 */
function serve(setup: ThreadSetup, port: NonNullable<typeof parentPort>): void {
  const maker = batchMaker({ ...setup.data, train: takeRecords(setup.records) }, setup.options)
  const wanted: ThreadRequest[] = []
  /** The place after the last one made, counted over epochs; the batches from `next - ready.length` on lie in `ready`. */
  let next = 0
  let ready: { readonly place: number; readonly message: FromThread; readonly transfer: ArrayBuffer[] }[] = []

  const make = (place: number) => {
    try {
      const { inputs, targets } = maker.make(Math.floor(place / maker.batches), place % maker.batches)
      return { place, message: { place, inputs, targets }, transfer: [inputs.buffer, targets.buffer] as ArrayBuffer[] }
    } catch (error) {
      const { name, message, stack } = error as Error
      return { place, message: { place, error: { name, message, stack } }, transfer: [] }
    }
  }
  const work = (): void => {
    const request = wanted.shift()
    if (request !== undefined) {
      const { place } = request
      ready = ready.filter((batch) => batch.place >= place)
      const batch = ready[0]?.place === place ? ready.shift() : undefined
      if (batch === undefined) {
        ready = []
        next = place + 1
      }
      const { message, transfer } = batch ?? make(place)
      port.postMessage(message, transfer)
    } else if (ready.length < setup.ahead) ready.push(make(next++))
    else return
    // Between two batches the port is looked at, so that a request never waits for the whole store of batches to be filled.
    setImmediate(work)
  }
  port.on('message', (request: ThreadRequest) => {
    wanted.push(request)
    setImmediate(work)
  })
}

if (parentPort) serve(workerData as ThreadSetup, parentPort)
