import { UserError } from '../../errors.ts'
import type { SearchSpace } from '../../space/types.ts'
import type { RunConfig, WarmTrial } from '../events.ts'
import { warmTrials } from '../warm-start.ts'
import { openRun } from './runs.ts'

/** What an earlier run knows for a new one. */
export interface Earlier {
  readonly run: string
  readonly config: RunConfig
  readonly trials: readonly WarmTrial[]
}

/**
 * The trials of an earlier run that are of use in a space.
 *
 * @throws UserError when there is no such run, or none of its finished trials is in the space
 */
export function readEarlier(name: string, space: SearchSpace): Earlier {
  const { summary, state, trials } = openRun(name)
  const useful = warmTrials(trials, space)
  if (useful.length === 0) {
    const finished = trials.filter(({ status }) => status === 'finished').length
    const why =
      finished === 0
        ? 'it has no finished trial'
        : `none of its ${finished} finished trials (of the space ${summary.space}) is in the space ${space.name}`
    throw new UserError(`Run ${summary.run} cannot be a warm start: ${why}. Give another run (nascent ls), or --space ${summary.space}.`)
  }
  return { run: summary.run, config: state.config, trials: useful }
}

/** What is said of a warm start. */
export function earlierNote({ run, trials }: Earlier, told: boolean): string {
  const what = `Warm start from run ${run}: ${trials.length} of its trials are in this space; the best ones are tried first`
  return told
    ? `${what}, and the strategy knows all.`
    : `${what}. Their results are not compared with those here, because data differ or they were trained longer.`
}
