import { availableParallelism, totalmem } from 'node:os'
import { UserError } from '../../errors.ts'
import type { TrialCost } from '../budget.ts'
import type { Verdict } from '../../proxy/proxy.ts'
import type { TrialEnd, TrialListener, TrialTask } from '../events.ts'
import { findOneShot } from '../../oneshot/index.ts'
import type { Crew } from './crew.ts'
import { trialFolder } from './kept.ts'
import type { Compute, Message, Order, Request } from './protocol.ts'
import { createWorkerProcess, WorkerLost, type WorkerOptions } from './worker-process.ts'

export interface ProcessOptions extends WorkerOptions {
  readonly workers: number
  /** Bytes for all workers together; default: three quarters of the memory. */
  readonly memory?: number
  /** The run's folder, in which finished trials' models are kept; absent: they are not. */
  readonly folder?: string
}

type TrialRequest = Extract<Request, { readonly type: 'trial' | 'judge' }>

/** Memory that this process may use: the machine's, or its container's. */
export function usableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** Training a child takes some hundred megabytes: with less a worker than this, fewer are better. */
const bytesPerWorker = 0.75 * 2 ** 30

/** Share of the memory that all workers may use together. */
const memoryShare = 0.75

/** A worker a core, fewer when memory says so. */
export const defaultWorkers = (): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor((memoryShare * usableMemory()) / bytesPerWorker)))

/** Worker processes of one thread each, a trial a process at a time; a crash costs the trial that ran there. The final training takes one of them, with all threads. */
export function createProcessCrew(options: ProcessOptions): Crew {
  const { workers: count, memory = memoryShare * usableMemory(), folder, ...rest } = options
  const workers = Array.from({ length: count }, () => createWorkerProcess(rest))
  const idle = [...workers]
  const compute = { threads: 1, shared: count > 1 }
  const alone = { threads: availableParallelism(), shared: false }
  return {
    slots: count,
    // All at the same time: as they will compute, side by side; and each has then loaded what it needs.
    async measure(config, signal) {
      // Shared weights are trained by one of them, which loads what it needs meanwhile.
      const measuring = findOneShot(config.strategy) ? workers.slice(0, 1) : workers
      return slowest(await Promise.all(measuring.map((worker) => worker.call({ type: 'measure', compute, config }, { signal }))))
    },
    async supernet(task, into, { onPlan, onEpoch, signal }) {
      return workers[0].call(
        { type: 'supernet', compute: alone, task, folder: into },
        {
          signal,
          memoryLimit: memory,
          onMessage(message, reply) {
            if (message.type === 'supernet-epoch') onEpoch(message.record)
            if (message.type !== 'supernet-planned') return
            onPlan(message.plan)
            reply({ type: 'go' })
          },
        },
      )
    },
    async final(task, into, { onPlan, onEpoch, signal }) {
      await Promise.all(workers.slice(1).map((worker) => worker.close()))
      return workers[0].call(
        { type: 'final', compute: alone, task, folder: into },
        {
          signal,
          memoryLimit: memory,
          onMessage(message, reply) {
            if (message.type === 'epoch') onEpoch(message.record)
            if (message.type !== 'planned') return
            onPlan(message.plan)
            reply({ type: 'go' })
          },
        },
      )
    },
    adopt: (config, from, into) => workers[0].call({ type: 'adopt', compute: alone, config, from, folder: into }, { memoryLimit: memory }),
    async run(task, listener, signal) {
      const worker = idle.pop()
      if (worker === undefined) throw new Error(`all ${count} workers are busy`)
      const kept = folder === undefined ? undefined : trialFolder(folder, task.number)
      try {
        return await worker.call(requestFor(task, compute, folder, kept), {
          signal,
          seconds: task.config.trialSeconds,
          memoryLimit: memory / count,
          onMessage(message, reply) {
            const said = answerOf(listener, message)
            // What the run says may take its time; a fault of it ends the call by the run's own signal.
            if (said && waits(message))
              void Promise.resolve(said).then(
                (verdict) => reply(orderFor(verdict)),
                () => {},
              )
          },
        })
      } catch (error) {
        if (error instanceof UserError) throw error
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

const answerOf = ({ onEpoch, onScores }: TrialListener, message: Message): ReturnType<TrialListener['onEpoch']> | undefined => {
  if (message.type === 'epoch') return onEpoch(message.record)
  return message.type === 'scored' ? (onScores?.(message.scores) ?? 'continue') : undefined
}

const waits = (message: Message): boolean => message.type === 'scored' || (message.type === 'epoch' && message.waits === true)

const orderFor = (verdict: Verdict): Order => (verdict === 'continue' ? { type: 'go' } : { type: 'stop', reason: verdict.stop })

/** With shared weights a trial is judged, not trained. */
function requestFor(task: TrialTask, compute: Compute, run: string | undefined, folder: string | undefined): TrialRequest {
  if (run === undefined || folder === undefined || findOneShot(task.config.strategy) === undefined)
    return { type: 'trial', compute, task, folder, run }
  return { type: 'judge', compute, task, folder, run }
}

/** Whatever went wrong costs this trial alone. */
function failure(error: unknown): TrialEnd {
  const reason = error instanceof Error ? error.message : String(error)
  return { status: 'failed', metrics: {}, reason: error instanceof WorkerLost ? `the trial was lost: ${reason}` : reason }
}

function slowest(costs: readonly TrialCost[]): TrialCost {
  const most = (pick: (cost: TrialCost) => number): number => Math.max(...costs.map(pick))
  return {
    ...costs[0],
    epochSeconds: most((cost) => cost.epochSeconds),
    validSeconds: most((cost) => cost.validSeconds),
    fixedSeconds: most((cost) => cost.fixedSeconds),
  }
}
