import { parentPort, workerData } from 'node:worker_threads'
import { UserError } from '../../errors.ts'
import { loadSpace } from '../../search/node/spaces.ts'
import { findStrategy } from '../../strategy/index.ts'
import { play } from '../play.ts'
import { problemOf } from '../problem.ts'
import type { PlayerAnswer, PlayerRequest, PlayerSetup } from './player-messages.ts'

/** Runs in a worker thread: makes one play after the other, as it is asked. */
function serve({ data, space }: PlayerSetup, port: NonNullable<typeof parentPort>): void {
  const problem = loadSpace(space).then((loaded) => problemOf(data, loaded))
  const answer = async ({ place, task }: PlayerRequest): Promise<PlayerAnswer> => {
    try {
      return { place, play: play(await problem, findStrategy(task.name), task.options, task.seed, task.checkpoints) }
    } catch (error) {
      return { place, error: { message: error instanceof Error ? error.message : String(error), mendable: error instanceof UserError } }
    }
  }
  port.on('message', (request: PlayerRequest) => {
    void answer(request).then((reply) => port.postMessage(reply))
  })
}

if (parentPort) serve(workerData as PlayerSetup, parentPort)
