import type { Outcome, Strategy } from '../strategy/strategy.ts'
import type { Prediction } from '../proxy/proxy.ts'
import type { Metrics, RunConfig, TrialRow } from './events.ts'
import { isCutOff } from './fold.ts'

/** A result with what the loop keeps beside it. */
export interface Answer extends Outcome {
  /** The architecture's string. */
  readonly text: string
  readonly reason?: string
  /** Whether it is a known result, not a training. */
  readonly replayed?: boolean
}

/** Tells the strategy what came, in the order that the run promises. */
export interface Answers {
  /** Gives a committed result; told now, or (deterministic) when its turn comes. */
  take(answer: Answer): void
  /** Whether proposal `n` may be asked for; tells what it has to see before. */
  readyFor(n: number): boolean
  /** The result of an architecture among those told: the finished one, else that of a trial that was stopped. */
  known(text: string): Answer | undefined
  /** Failures one after another at the end of what was told, of those that came in this process, and the last one's reason. */
  readonly failures: number
  readonly lastFailure: string | undefined
  /** Replayed results one after another at the end of what was told. */
  readonly replays: number
}

/** Rows are the trials recorded before; those with a result are told as they came. */
export function createAnswers(strategy: Strategy, config: RunConfig, rows: readonly TrialRow[]): Answers {
  const known = new Map<string, Answer>()
  const held = new Map<number, Answer>()
  let toldUpTo = 0
  let failures = 0
  let lastFailure: string | undefined
  let replays = 0
  let fresh = false

  const tell = (answer: Answer): void => {
    const { number, architecture, status, metrics, text } = answer
    strategy.tell({ number, architecture, status, metrics })
    // A finished result is worth more than that of a trial that was stopped.
    if (status === 'finished' ? known.get(text)?.status !== 'finished' : status === 'stopped') known.set(text, answer)
    replays = answer.replayed ? replays + 1 : 0
    if (status === 'failed' && fresh) {
      failures++
      lastFailure = answer.reason
    } else if (status !== 'failed') failures = 0
  }
  const take = (answer: Answer): void => {
    if (config.deterministic) held.set(answer.number, answer)
    else tell(answer)
  }
  const readyFor = (n: number): boolean => {
    if (!config.deterministic) return true
    for (; toldUpTo <= n - config.workers; toldUpTo++) {
      const answer = held.get(toldUpTo)
      if (answer === undefined) return false
      held.delete(toldUpTo)
      tell(answer)
    }
    return true
  }
  for (const answer of history(rows, config)) take(answer)
  fresh = true
  return {
    take,
    readyFor,
    known: (text) => known.get(text),
    get failures() {
      return failures
    },
    get lastFailure() {
      return lastFailure
    },
    get replays() {
      return replays
    },
  }
}

/** What a strategy is told of a trial that a proxy stopped: what the proxy expects of it, else what it measured. */
export function expected(metrics: Metrics, prediction: Prediction | undefined, objective: string): Metrics {
  return prediction === undefined ? metrics : { ...metrics, [objective]: prediction.value }
}

/** Results recorded, in the order in which they came. */
function history(rows: readonly TrialRow[], { objectives }: RunConfig): Answer[] {
  const told = rows.flatMap((row) => {
    const pauses = (row.earlier ?? []).map((pause): TrialRow => ({ ...row, ...pause, status: 'stopped' }))
    return row.status === 'running' || isCutOff(row) ? pauses : [...pauses, row]
  })
  const ended = told.sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0))
  return ended.map(({ number, decisions, status, metrics, prediction, architecture, reason, replayOf }) => ({
    number,
    architecture: decisions,
    status: status as Answer['status'],
    metrics: expected(metrics, prediction, objectives[0]?.metric),
    text: architecture,
    reason,
    replayed: replayOf !== undefined,
  }))
}

/** Trials that have no result and are run again: killed with the process, or cut off. */
export const unfinished = (rows: readonly TrialRow[]): TrialRow[] => rows.filter((row) => row.status === 'running' || isCutOff(row))
