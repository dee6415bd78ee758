import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { decodeSupernet, encodeSupernet, findOneShot, type OneShotEntry, type SupernetState } from '../../oneshot/index.ts'
import type { Bench } from '../bench.ts'
import type { RunConfig } from '../events.ts'
import { runSupernet, type SupernetRunHooks, type SupernetTask } from '../supernet.ts'
import { writeWhole } from './runs.ts'

/** Where a run's shared weights lie, and what its method goes on from. */
export const supernetName = 'supernet.safetensors'

/** What came of the training of a supernet; JSON. */
export interface SupernetOutcome {
  /** 'stopped': cut short by the clock or an interrupt. */
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly reason?: string
}

/** The weight-sharing method of a run. */
export function methodOf({ strategy }: Pick<RunConfig, 'strategy'>): OneShotEntry {
  const entry = findOneShot(strategy)
  if (entry === undefined) throw new UserError(`There is no weight-sharing method "${strategy}" (nascent strategies).`)
  return entry
}

/** Trains a run's supernet in its folder; its state is kept after every epoch and every half minute, so that a killed process loses little. */
export async function trainSupernetIn(
  bench: Bench,
  task: SupernetTask,
  folder: string,
  hooks: Pick<SupernetRunHooks, 'onPlan' | 'onEpoch' | 'signal'>,
): Promise<SupernetOutcome> {
  const path = join(folder, supernetName)
  mkdirSync(folder, { recursive: true })
  const keep = (state: SupernetState): void => writeWhole(path, encodeSupernet(state))
  // Without a recorded plan nothing that lies there belongs to this training.
  const resumeFrom = task.plan === undefined ? undefined : savedSupernet(path)
  const { status, reason, state } = await runSupernet(bench, methodOf(task.config), task, { ...hooks, onCheckpoint: keep, resumeFrom })
  keep(state)
  return { status, reason }
}

/** The trained supernet of a run's folder. @throws UserError when it is gone or damaged */
export function loadSupernet(folder: string): SupernetState {
  const path = join(folder, supernetName)
  if (!existsSync(path)) throw new UserError(`${path}, which holds the shared weights of the run, is gone: begin a new run.`)
  return decodeSupernet(readFileSync(path), path)
}

/** The state that a killed process left; a damaged one is as good as none. */
function savedSupernet(path: string): SupernetState | undefined {
  if (!existsSync(path)) return undefined
  try {
    return decodeSupernet(readFileSync(path), path)
  } catch {
    return undefined
  }
}
