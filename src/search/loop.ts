import type { SearchSpace } from '../space/types.ts'
import type { Proposal, Strategy } from '../strategy/strategy.ts'
import type { EpochRecord } from '../train/types.ts'
import { createAnswers, unfinished } from './answers.ts'
import type { Executor, RunConfig, RunEnd, SearchEvent, Store, StoredEvent, TrialEnd, TrialRow, TrialStarted } from './events.ts'

export interface LoopOptions {
  readonly config: RunConfig
  readonly store: Store
  readonly strategy: Strategy
  readonly space: SearchSpace
  readonly executor: Executor
  /** Ends the search at once, keeping everything: trials that run are recorded as stopped by 'interrupt'. */
  readonly signal?: AbortSignal
  /** When the search's share of the time is over, ms since 1970: trials that run then are recorded as stopped by 'budget'. */
  readonly deadline?: number
  readonly onEvent?: (event: StoredEvent) => void
  /** So many failures one after another end the run; default 10. */
  readonly maxFailures?: number
  /** So many proposals one after another that were all known already count as an exhausted space; default 200. */
  readonly maxReplays?: number
}

export interface LoopEnd {
  readonly reason: RunEnd
  readonly message?: string
}

/**
 * Searches until the budget is spent: asks the strategy, has the executor train, commits each result and then tells it. What the store holds already is told first, in
 * the order recorded, and trials that ran when the process was killed run again under their number; so a run goes on exactly where it was.
 *
 * Proposal n of a `deterministic` run sees the results of exactly the trials up to n − W (W: `config.workers`), told in order of number; otherwise results are told
 * as they come. An architecture whose result is known is answered with it and recorded as a replay: every trial has the same training seed.
 *
 * @throws what the store throws (a full disk); the executor's faults are failed trials
 */
export async function runLoop(options: LoopOptions): Promise<LoopEnd> {
  const { config, store, strategy, space, executor, signal, deadline, onEvent, maxFailures = 10, maxReplays = 200 } = options
  const most = config.budget.trials ?? Number.POSITIVE_INFINITY
  const recorded = store.trials()
  const answers = createAnswers(strategy, config, recorded)
  const waiting = unfinished(recorded)
  const running = new Map<number, { readonly cancel: AbortController; readonly done: Promise<void> }>()
  const pace = createPace(deadline)
  let next = recorded.reduce((number, row) => Math.max(number, row.number + 1), 0)
  let end: LoopEnd | undefined
  let exhausted = false
  let fault: { readonly error: unknown } | undefined

  const record = (...events: SearchEvent[]): void => {
    for (const event of store.append(events)) onEvent?.(event)
  }
  const finish = (reason: RunEnd, message?: string): void => {
    end ??= { reason, message }
    for (const { cancel } of running.values()) cancel.abort(end.reason)
  }
  /** Does what can fail in a way that no trial is to blame for: the store, or the caller's onEvent. */
  const safely = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      fault ??= { error }
      finish('failed')
    }
  }

  const launch = (start: TrialStarted): void => {
    record(start)
    const { number, architecture } = start
    const cancel = new AbortController()
    const onEpoch = (epoch: EpochRecord): void => {
      if (running.has(number) && end === undefined) safely(() => record({ type: 'trial-epoch', number, record: epoch }))
    }
    const work = async (): Promise<void> => {
      const began = Date.now()
      const result = cutOff(await evaluate(executor, { number, architecture, config }, onEpoch, cancel.signal), end)
      running.delete(number)
      safely(() => {
        record({ type: 'trial-ended', number, ...result })
        if (result.status === 'finished') pace.took(Date.now() - began)
        if (!isCutOff(result)) answers.take({ ...result, number, architecture: start.decisions, text: architecture })
      })
    }
    running.set(number, { cancel, done: work() })
  }

  /** What to run next; undefined when a slot has to wait or nothing is left. */
  const nextStart = (): TrialStarted | undefined => {
    if (pace.tooLate()) return undefined
    const again = waiting.shift()
    if (again) return restart(again)
    if (exhausted || next >= most || !answers.readyFor(next)) return undefined
    const proposal = strategy.ask(next)
    if (proposal !== 'exhausted') return begin(next++, space, proposal)
    // With others running, their results may bring new proposals; without, this is the end.
    exhausted = running.size === 0
    return undefined
  }

  /** Answers a proposal whose result is known. */
  const replay = (start: TrialStarted): boolean => {
    const known = start.attempt === 1 ? answers.known(start.architecture) : undefined
    if (known === undefined) return false
    const { metrics } = known
    record(start, { type: 'trial-ended', number: start.number, status: 'finished', metrics, replayOf: known.number })
    answers.take({
      number: start.number,
      architecture: start.decisions,
      text: start.architecture,
      status: 'finished',
      metrics,
      replayed: true,
    })
    exhausted = answers.replays >= maxReplays
    return true
  }

  const fill = async (): Promise<void> => {
    while (end === undefined && running.size < executor.slots) {
      const start = nextStart()
      if (answers.failures >= maxFailures) {
        return finish('failed', `${maxFailures} trials failed one after another; the last one: ${answers.lastFailure ?? 'no reason given'}`)
      }
      if (start === undefined) return
      // Known answers come at once: timers and other events must still get their turn.
      if (replay(start)) await new Promise((resolve) => setTimeout(resolve))
      else launch(start)
    }
  }

  const interrupt = (): void => finish('interrupted')
  signal?.addEventListener('abort', interrupt)
  const timer = deadline === undefined ? undefined : setTimeout(() => finish('budget'), Math.max(0, deadline - Date.now()))
  if (signal?.aborted) interrupt()
  try {
    do {
      await fill()
      if (running.size > 0) await Promise.race([...running.values()].map(({ done }) => done))
    } while (running.size > 0 || (end === undefined && !exhausted && !pace.tooLate() && (waiting.length > 0 || next < most)))
    end ??= { reason: pace.tooLate() ? 'budget' : exhausted ? 'exhausted' : 'trials' }
    leave(waiting, end, record)
  } catch (error) {
    fault ??= { error }
    finish('failed')
    await Promise.all([...running.values()].map(({ done }) => done))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
  }
  if (fault !== undefined) throw fault.error
  return end as LoopEnd
}

function begin(number: number, space: SearchSpace, { architecture, origin, parents = [] }: Proposal): TrialStarted {
  return { type: 'trial-started', number, attempt: 1, architecture: space.print(architecture), decisions: architecture, origin, parents }
}

function restart({ number, attempt, architecture, decisions, origin, parents }: TrialRow): TrialStarted {
  return { type: 'trial-started', number, attempt: attempt + 1, architecture, decisions, origin, parents }
}

async function evaluate(executor: Executor, ...args: Parameters<Executor['run']>): Promise<TrialEnd> {
  try {
    return await executor.run(...args)
  } catch (error) {
    return { status: 'failed', metrics: {}, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** A trial that the end of the search cut off has no result; one that had just finished keeps it. */
function cutOff(result: TrialEnd, end: LoopEnd | undefined): TrialEnd {
  if (end === undefined || result.status === 'finished') return result
  return { status: 'stopped', metrics: {}, stoppedBy: end.reason === 'budget' ? 'budget' : 'interrupt' }
}

const isCutOff = ({ status, stoppedBy }: TrialEnd): boolean => status === 'stopped' && (stoppedBy === 'budget' || stoppedBy === 'interrupt')

/** Trials of an earlier process that found no time to run again must not stay "running". */
function leave(waiting: readonly TrialRow[], end: LoopEnd, record: (...events: SearchEvent[]) => void): void {
  const stoppedBy = end.reason === 'budget' ? 'budget' : 'interrupt'
  for (const { number, status } of waiting)
    if (status === 'running') record({ type: 'trial-ended', number, status: 'stopped', metrics: {}, stoppedBy })
}

/** Knows when a new trial could not finish before the deadline: after that the cores are better left to those that run. */
function createPace(deadline: number | undefined) {
  let shortest = Number.POSITIVE_INFINITY
  return {
    took(ms: number): void {
      shortest = Math.min(shortest, ms)
    },
    tooLate: (): boolean =>
      deadline !== undefined && (Date.now() >= deadline || (Number.isFinite(shortest) && Date.now() + 0.7 * shortest > deadline)),
  }
}
