import { availableParallelism } from 'node:os'
import type { Bench } from '../bench.ts'
import { createInProcessExecutor } from '../in-process.ts'
import { measureTrial } from '../trial.ts'
import type { RunConfig } from '../events.ts'
import type { Crew } from './crew.ts'
import { judgeTrial } from '../supernet.ts'
import { findOneShot, type SupernetState } from '../../oneshot/index.ts'
import { adoptIn, finishIn, keepPaused, keepTrained, recallPaused, recallTrained, trialFolder } from './kept.ts'
import { loadSupernet, trainSupernetIn } from './supernet.ts'

/**
 * Computes in this process, one trial at a time with all cores: for a space that exists only as an object of the calling program, which no other process could make.
 *
 * @param folder the run's
 */
export function createLocalCrew(bench: Omit<Bench, 'threads' | 'shared'>, config: RunConfig, folder: string): Crew {
  const whole: Bench = { ...bench, threads: availableParallelism(), shared: false }
  const executor = createInProcessExecutor(
    whole,
    (number, trained) => keepTrained(trialFolder(folder, number), whole, config, trained),
    (number) => recallTrained(folder, number),
    {
      keep: (number, state) => keepPaused(trialFolder(folder, number), state),
      recall: (number) => recallPaused(trialFolder(folder, number)),
    },
  )
  let shared: SupernetState | undefined
  const judge: Crew['run'] = async (task) => {
    shared ??= loadSupernet(folder)
    const { end, trained } = await judgeTrial(whole, task, shared)
    if (trained) await keepTrained(trialFolder(folder, task.number), whole, config, trained)
    return end
  }
  return {
    ...executor,
    ...(findOneShot(config.strategy) ? { run: judge } : {}),
    supernet: (task, into, call) => {
      shared = undefined
      return trainSupernetIn(whole, task, into, call)
    },
    measure: (run) => measureTrial(whole, run),
    final: (task, into, { onPlan, onEpoch, signal }) => finishIn(whole, task, into, { onPlan, onEpoch, signal }),
    adopt: (_, from, into) => adoptIn(whole, from, into),
  }
}
