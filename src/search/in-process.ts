import type { Bench } from './bench.ts'
import type { Executor } from './events.ts'
import { runTrial, type Trained } from './trial.ts'

/**
 * Trains trials in this process, one at a time: for tests, browsers, and spaces that exist only as objects.
 *
 * @param keep gets a finished trial's network before it is reported
 */
export function createInProcessExecutor(
  bench: Bench,
  keep: (number: number, trained: Trained) => void | Promise<void> = () => {},
): Executor {
  return {
    slots: 1,
    async run(task, onEpoch, signal) {
      const { end, trained } = await runTrial(bench, task, { onEpoch, signal })
      if (trained) await keep(task.number, trained)
      return end
    },
    close: async () => {},
  }
}
