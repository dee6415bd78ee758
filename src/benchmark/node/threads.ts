import type { Worker } from 'node:worker_threads'
import { startThread } from '../../data/node/thread.ts'
import { UserError } from '../../errors.ts'
import type { PlayAll, Task } from '../compare.ts'
import type { Play } from '../play.ts'
import type { PlayerAnswer, PlayerRequest, PlayerSetup } from './player-messages.ts'

/** Plays in worker threads, each taking the next play when it is done with one; a play depends on its task alone, so their number changes nothing. */
export const playInThreads =
  (setup: PlayerSetup, threads: number): PlayAll =>
  async (tasks, onPlay) => {
    const plays: Play[] = Array.from({ length: tasks.length })
    const queue = tasks.entries()
    const workers = Array.from({ length: Math.min(threads, tasks.length) }, () => startThread('player-thread', import.meta.url, setup))
    const take = (place: number, task: Task, made: Play): void => {
      plays[place] = made
      onPlay(task)
    }
    try {
      await Promise.all(workers.map((worker) => serve(worker, queue, take)))
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
    return plays
  }

/** Has a worker make plays until the queue is empty. */
function serve(worker: Worker, queue: Iterator<[number, Task]>, take: (place: number, task: Task, made: Play) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let task: Task
    const next = (): void => {
      const { done, value } = queue.next()
      if (done) return resolve()
      task = value[1]
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      worker.postMessage({ place: value[0], task } satisfies PlayerRequest)
    }
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`The thread that plays ended (code ${code})`)))
    worker.on('message', (answer: PlayerAnswer) => {
      if ('error' in answer) {
        const { message, mendable } = answer.error
        reject(mendable ? new UserError(message) : new Error(`${task.name} (seed ${task.seed}): ${message}`))
        return
      }
      take(answer.place, task, answer.play)
      next()
    })
    next()
  })
}
