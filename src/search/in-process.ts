import type { Bench } from './bench.ts'
import type { Executor } from './events.ts'
import type { Ancestor } from './inherit.ts'
import { runTrial, type Trained } from './trial.ts'

/**
 * Trains trials in this process, one at a time: for tests, browsers, and spaces that exist only as objects.
 *
 * @param keep gets a finished trial's network before it is reported
 * @param recall gives the network of a finished trial, if it is still kept, for those that inherit from it
 */
export function createInProcessExecutor(
  bench: Bench,
  keep: (number: number, trained: Trained) => void | Promise<void> = () => {},
  recall: (number: number) => Promise<Ancestor | undefined> = async () => undefined,
): Executor {
  return {
    slots: 1,
    async run(task, onEpoch, signal) {
      const ancestor = task.inherits === undefined ? undefined : await recall(task.inherits)
      const { end, trained } = await runTrial(bench, task, { onEpoch, signal }, ancestor)
      if (trained) await keep(task.number, trained)
      return end
    },
    close: async () => {},
  }
}
