import type { Bench } from './bench.ts'
import type { Executor } from './events.ts'
import type { TrainState } from '../train/index.ts'
import type { Ancestor } from './inherit.ts'
import { runTrial, type Trained } from './trial.ts'

/** Where trials stand that were told to stop. */
export interface PausedTrials {
  /** @param state undefined: the trial is not paused (any longer) */
  keep(number: number, state: TrainState | undefined): void | Promise<void>
  recall(number: number): TrainState | undefined | Promise<TrainState | undefined>
}

function pausedInMemory(): PausedTrials {
  const states = new Map<number, TrainState>()
  return {
    keep: (number, state) => void (state ? states.set(number, state) : states.delete(number)),
    recall: (number) => states.get(number),
  }
}

/**
 * Trains trials in this process, one at a time: for tests, browsers, and spaces that exist only as objects.
 *
 * @param keep gets a finished trial's network before it is reported
 * @param recall gives the network of a finished trial, if it is still kept, for those that inherit from it
 * @param paused keeps where trials stand that can go on; default: in memory
 */
export function createInProcessExecutor(
  bench: Bench,
  keep: (number: number, trained: Trained) => void | Promise<void> = () => {},
  recall: (number: number) => Promise<Ancestor | undefined> = async () => undefined,
  paused: PausedTrials = pausedInMemory(),
): Executor {
  return {
    slots: 1,
    async run(task, listener, signal) {
      const { number, inherits, goesOn } = task
      const ancestor = inherits === undefined ? undefined : await recall(inherits)
      const resumeFrom = goesOn ? await paused.recall(number) : undefined
      const outcome = await runTrial(bench, task, { ...listener, signal, resumeFrom }, ancestor)
      if (outcome.trained) await keep(number, outcome.trained)
      await paused.keep(number, outcome.paused)
      return outcome.end
    },
    close: async () => {},
  }
}
