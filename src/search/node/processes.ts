import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Executor, TrialEnd } from '../events.ts'
import { createWorkerProcess, WorkerLost, type WorkerOptions, type WorkerProcess } from './worker-process.ts'

/** Executor of worker processes: one thread each, a trial a process at a time; a crash costs the trial that ran there. */
export interface ProcessExecutor extends Executor {
  readonly workers: readonly WorkerProcess[]
}

export interface ProcessOptions extends WorkerOptions {
  readonly workers: number
  /** Bytes for all workers together; default: three quarters of the memory. */
  readonly memory?: number
  /** The run's folder, in which finished trials' models are kept; absent: they are not. */
  readonly folder?: string
}

/** Memory that this process may use: the machine's, or its container's. */
export function usableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** Training a child takes some hundred megabytes: with less a worker than this, fewer are better. */
const bytesPerWorker = 0.75 * 2 ** 30

/** Share of the memory that all workers may use together. */
export const memoryShare = 0.75

/** A worker a core, fewer when memory says so. */
export const defaultWorkers = (): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor((memoryShare * usableMemory()) / bytesPerWorker)))

/** Where a trial's model lies in the run's folder. */
export const trialFolder = (folder: string, number: number): string => join(folder, 'trials', String(number))

export function createProcessExecutor(options: ProcessOptions): ProcessExecutor {
  const { workers: count, memory = memoryShare * usableMemory(), folder, ...rest } = options
  const workers = Array.from({ length: count }, () => createWorkerProcess(rest))
  const idle = [...workers]
  const compute = { threads: 1, shared: count > 1 }
  return {
    slots: count,
    workers,
    async run(task, onEpoch, signal) {
      const worker = idle.pop()
      if (worker === undefined) throw new Error(`all ${count} workers are busy`)
      const kept = folder === undefined ? undefined : trialFolder(folder, task.number)
      try {
        return await worker.call(
          { type: 'trial', compute, task, folder: kept },
          {
            signal,
            seconds: task.config.trialSeconds,
            memoryLimit: memory / count,
            onMessage: (message) => {
              if (message.type === 'epoch') onEpoch(message.record)
            },
          },
        )
      } catch (error) {
        return failure(error)
      } finally {
        idle.push(worker)
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

/** Whatever went wrong costs this trial alone. */
function failure(error: unknown): TrialEnd {
  const reason = error instanceof Error ? error.message : String(error)
  return { status: 'failed', metrics: {}, reason: error instanceof WorkerLost ? `the trial was lost: ${reason}` : reason }
}
