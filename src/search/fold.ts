import type { EpochRecord } from '../train/types.ts'
import type { RunState, StoredEvent, TrialRow } from './events.ts'

type Better = { readonly metric: string; readonly direction: 'maximize' | 'minimize' }

/** A trial after an event of its own (`trial-started`, `trial-epoch`, `trial-ended`); undefined when the event names no trial. */
export function nextTrial(row: TrialRow | undefined, event: StoredEvent): TrialRow | undefined {
  if (event.type === 'trial-started') {
    const { number, attempt, architecture, decisions, origin, parents, inherits, details, at } = event
    const startedAt = new Date(at).toISOString()
    const proposal = { architecture, decisions, origin, parents, inherits, ...(details && { details }) }
    return { number, attempt, ...proposal, status: 'running', metrics: {}, epochs: 0, curve: [], startedAt }
  }
  if (row === undefined) return undefined
  if (event.type === 'trial-epoch') {
    const { record } = event
    // One that goes on after a kill passes points again.
    return { ...row, epochs: record.epoch, curve: [...row.curve.filter(({ step }) => step < record.step), record] }
  }
  if (event.type === 'trial-scored') return { ...row, scores: event.scores }
  if (event.type === 'trial-continued') {
    const { stoppedBy, reason: _, prediction, saved: __, finishedAt: ___, ended, metrics, earlier = [], ...rest } = row
    // Killed while it went on: what it had told before stands already.
    const told = ended === undefined || isCutOff(row) ? earlier : [...earlier, { ended, metrics, prediction, stoppedBy }]
    return { ...rest, earlier: told, status: 'running', metrics: {} }
  }
  if (event.type === 'trial-ended') {
    const { status, metrics, stoppedBy, reason, prediction, saved, replayOf, inherited, at, id } = event
    return {
      ...row,
      status,
      metrics,
      stoppedBy,
      reason,
      prediction,
      saved,
      replayOf,
      inherited,
      finishedAt: new Date(at).toISOString(),
      ended: id,
    }
  }
  return undefined
}

/** Ended by the end of the budget or an interrupt, with no result: it is run again when the run goes on. */
export const isCutOff = ({ status, stoppedBy }: Pick<TrialRow, 'status' | 'stoppedBy'>): boolean =>
  status === 'stopped' && (stoppedBy === 'budget' || stoppedBy === 'interrupt')

/** Whether a value is better than another in the objective's direction; any value is better than none, NaN than nothing. */
export function isBetter(value: number | undefined, than: number | undefined, direction: Better['direction']): boolean {
  if (value === undefined || Number.isNaN(value)) return false
  if (than === undefined) return true
  return direction === 'maximize' ? value > than : value < than
}

/** The best finished trial by an objective, the first of equals. */
export function bestTrial(rows: readonly TrialRow[], { metric, direction }: Better): TrialRow | undefined {
  let best: TrialRow | undefined
  for (const row of rows) {
    if (row.status === 'finished' && isBetter(row.metrics[metric], best?.metrics[metric], direction)) best = row
  }
  return best
}

/**
 * The run after an event.
 * @param before the event's trial before it, and
 * @param after the trial after it, if it is a trial's event
 */
export function nextRun(run: RunState | undefined, event: StoredEvent, before?: TrialRow, after?: TrialRow): RunState | undefined {
  if (event.type === 'run-started') {
    const trials = { running: 0, finished: 0, stopped: 0, failed: 0 }
    return { config: event.config, trials, startedAt: event.at, lastAt: event.at, since: event.since ?? event.at, secondsBefore: 0 }
  }
  if (run === undefined) return undefined
  return { ...step(run, event, before, after), lastAt: event.at }
}

function step(run: RunState, event: StoredEvent, before?: TrialRow, after?: TrialRow): RunState {
  switch (event.type) {
    case 'run-resumed':
      return { ...run, config: event.config, ended: undefined, since: event.since ?? event.at, secondsBefore: usedSeconds(run) }
    case 'trial-started':
    case 'trial-continued':
    case 'trial-ended':
      return after === undefined ? run : withTrial(run, before, after)
    case 'supernet-started':
      return { ...run, supernet: { plan: event.plan, epochs: [] } }
    case 'supernet-epoch':
      return run.supernet === undefined ? run : { ...run, supernet: { ...run.supernet, epochs: [...run.supernet.epochs, event.record] } }
    case 'supernet-ended':
      return run.supernet === undefined ? run : { ...run, supernet: { ...run.supernet, status: event.status } }
    case 'final-started':
      return {
        ...run,
        final: { architecture: event.architecture, epochs: event.epochs, steps: event.steps, number: event.number, curve: [] },
      }
    case 'final-epoch':
      return run.final === undefined ? run : { ...run, final: { ...run.final, curve: [...run.final.curve, event.record] } }
    case 'final-ended': {
      const { metrics, test, files, weights } = event
      const final = run.final ?? { architecture: event.architecture ?? '', epochs: 0, curve: [] as readonly EpochRecord[] }
      return { ...run, final: { ...final, metrics, test, files, ...(weights === undefined ? {} : { weights }) } }
    }
    case 'run-ended':
      return {
        ...run,
        ended: { reason: event.reason, message: event.message },
        rejected: (run.rejected ?? 0) + (event.rejected ?? 0),
      }
    default:
      return run
  }
}

function withTrial(run: RunState, before: TrialRow | undefined, after: TrialRow): RunState {
  const trials = { ...run.trials }
  if (before) trials[before.status]--
  trials[after.status]++
  const { number, architecture, metrics, status } = after
  const leads = status === 'finished' && leadsOver(run, after)
  return leads ? { ...run, trials, best: { number, architecture, metrics } } : { ...run, trials }
}

/** Equal results: the earlier trial leads, in whatever order they came. */
function leadsOver({ config, best }: RunState, { number, metrics }: TrialRow): boolean {
  const objective = config.objectives[0]
  if (objective === undefined) return false
  const value = metrics[objective.metric]
  const record = best?.metrics[objective.metric]
  if (best && value === record) return number < best.number
  return isBetter(value, record, objective.direction)
}

/** Seconds of wall time that the run has taken, over all stretches of work, up to its last event. */
export const usedSeconds = (run: RunState): number => run.secondsBefore + Math.max(0, run.lastAt - run.since) / 1000
