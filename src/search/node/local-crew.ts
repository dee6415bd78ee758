import { availableParallelism } from 'node:os'
import type { Bench } from '../bench.ts'
import { createInProcessExecutor } from '../in-process.ts'
import { measureTrial } from '../trial.ts'
import type { RunConfig } from '../events.ts'
import type { Crew } from './crew.ts'
import { adoptIn, finishIn, keepTrained, trialFolder } from './kept.ts'

/**
 * Computes in this process, one trial at a time with all cores: for a space that exists only as an object of the calling program, which no other process could make.
 *
 * @param folder the run's
 */
export function createLocalCrew(bench: Omit<Bench, 'threads' | 'shared'>, config: RunConfig, folder: string): Crew {
  const whole: Bench = { ...bench, threads: availableParallelism(), shared: false }
  const executor = createInProcessExecutor(whole, (number, trained) => keepTrained(trialFolder(folder, number), whole, config, trained))
  return {
    ...executor,
    measure: (run) => measureTrial(whole, run),
    final: (task, into, { onPlan, onEpoch, signal }) => finishIn(whole, task, into, { onPlan, onEpoch, signal }),
    adopt: (_, from, into) => adoptIn(whole, from, into),
  }
}
