import { UserError } from '../errors.ts'
import type { ObservedTrial, Verdict } from '../proxy/proxy.ts'
import type { Architecture, SearchSpace } from '../space/types.ts'
import type { Proposal, Strategy } from '../strategy/strategy.ts'
import { type Answers, createAnswers, expected, unfinished } from './answers.ts'
import type {
  Executor,
  RunConfig,
  RunEnd,
  Saved,
  SearchEvent,
  Store,
  StoredEvent,
  TrialEnd,
  TrialListener,
  TrialRow,
  TrialStarted,
} from './events.ts'
import { isCutOff } from './fold.ts'
import { isSkipped, Observations } from './observed.ts'
import type { NamedStop, Proxies } from './proxies.ts'

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
  /** What keeps the search from training each network whole. */
  readonly proxies?: Proxies
  /** What is known of a network before its training, for the proxies: parameters, FLOPs. */
  readonly costOf?: (architecture: Architecture) => Readonly<Record<string, number>>
  /** Stopped trials that are to be trained whole, and nothing else. */
  readonly goOn?: readonly number[]
  /** Of a proposal's parents, the trial whose trained weights it begins from; absent: all trials begin from fresh weights. */
  readonly ancestor?: (parents: readonly number[]) => number | undefined
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
 * @throws what the store throws, and a UserError of the executor (a full disk, data that are gone); its other faults are failed trials
 */
export async function runLoop(options: LoopOptions): Promise<LoopEnd> {
  return new Loop(options).run()
}

class Loop {
  private readonly answers: Answers
  /** Trials of an earlier process that have no result yet. */
  private readonly waiting: TrialRow[]
  private readonly running = new Map<number, { readonly cancel: AbortController; readonly done: Promise<void> }>()
  private readonly pace: Pace
  /** Trials that may be begun in all. */
  private readonly most: number
  private next: number
  private readonly trials: Observations
  /** Trials that were not trained at all do not count. */
  private skipped: number
  private readonly goOn: number[]
  /** What proxies said of trials that run. */
  private readonly stops = new Map<number, NamedStop>()
  private end: LoopEnd | undefined
  private exhausted = false
  private fault: { readonly error: unknown } | undefined

  constructor(private readonly options: LoopOptions) {
    const { config, store, strategy, deadline } = options
    const recorded = store.trials()
    this.answers = createAnswers(strategy, config, recorded)
    this.waiting = options.goOn ? [] : unfinished(recorded)
    this.pace = createPace(deadline)
    this.most = options.goOn ? 0 : (config.budget.trials ?? Number.POSITIVE_INFINITY)
    this.next = recorded.reduce((number, row) => Math.max(number, row.number + 1), 0)
    this.trials = new Observations(config, recorded, options.costOf)
    this.skipped = recorded.filter(isSkipped).length
    this.goOn = [...(options.goOn ?? [])]
  }

  async run(): Promise<LoopEnd> {
    const { signal, deadline } = this.options
    const interrupt = (): void => this.finish('interrupted')
    signal?.addEventListener('abort', interrupt)
    const timer = deadline === undefined ? undefined : setTimeout(() => this.finish('budget'), Math.max(0, deadline - Date.now()))
    if (signal?.aborted) interrupt()
    try {
      do {
        await this.fill()
        if (this.running.size > 0) await Promise.race([...this.running.values()].map(({ done }) => done))
      } while (this.running.size > 0 || this.goesOn())
      this.end ??= { reason: this.pace.tooLate() ? 'budget' : this.exhausted ? 'exhausted' : 'trials' }
      this.leaveWaiting(this.end)
    } catch (error) {
      this.fail(error)
      await Promise.all([...this.running.values()].map(({ done }) => done))
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
    }
    if (this.fault !== undefined) throw this.fault.error
    return this.end ?? { reason: 'failed' }
  }

  private goesOn(): boolean {
    if (this.end !== undefined || this.pace.tooLate()) return false
    if (this.waiting.length > 0 || this.goOn.length > 0) return true
    return (!this.exhausted && this.next - this.skipped < this.most) || this.promoted() !== undefined
  }

  /** Starts trials until every slot has one, or has to wait. */
  private async fill(): Promise<void> {
    const { executor, maxFailures = 10 } = this.options
    while (this.end === undefined && this.running.size < executor.slots) {
      const start = this.nextStart()
      if (this.answers.failures >= maxFailures) {
        const last = this.answers.lastFailure ?? 'no reason given'
        return this.finish('failed', `${maxFailures} trials failed one after another; the last one: ${last}`)
      }
      if (start === undefined) return
      // Known answers come at once: timers and other events must still get their turn.
      if (this.replay(start) || this.screen(start)) await new Promise((resolve) => setTimeout(resolve))
      else this.launch(start)
    }
  }

  /** What to run next; undefined when a slot has to wait or nothing is left. */
  private nextStart(): Start | undefined {
    const { strategy, space, ancestor } = this.options
    if (this.pace.tooLate()) return undefined
    const again = this.waiting.shift()
    if (again) return again.earlier ? continued(again) : restart(again)
    const number = this.goOn.shift() ?? this.promoted()
    if (number !== undefined) return continued(this.trials.row(number))
    if (this.exhausted || this.next - this.skipped >= this.most || !this.answers.readyFor(this.next)) return undefined
    const proposal = strategy.ask(this.next)
    if (proposal !== 'exhausted') return begin(this.next++, space, proposal, ancestor?.(proposal.parents ?? []))
    // With others running, their results may bring new proposals; without, this is the end.
    this.exhausted = this.running.size === 0
    return undefined
  }

  /** A paused trial that the proxies want to go on. */
  private promoted(): number | undefined {
    if (this.options.goOn) return undefined
    return this.options.proxies?.promote(this.trials.others(-1).filter(({ number }) => !this.running.has(number)))
  }

  /** Answers a proposal whose result is known. */
  private replay(start: Start): boolean {
    const known = start.type === 'trial-started' && start.attempt === 1 ? this.answers.known(start.architecture) : undefined
    if (known === undefined || known.status === 'failed') return false
    const { number, decisions: architecture, architecture: text } = start
    const { metrics, status } = known
    const stoppedBy = status === 'stopped' ? 'replay' : undefined
    this.record(started(start), { type: 'trial-ended', number, status, metrics, replayOf: known.number, stoppedBy })
    this.answers.take({ number, architecture, text, status, metrics, replayed: true })
    this.exhausted = this.answers.replays >= (this.options.maxReplays ?? 200)
    return true
  }

  /** Answers a proposal that the proxies do not find worth training. */
  private screen(start: Start): boolean {
    const { proxies } = this.options
    if (proxies === undefined || start.type !== 'trial-started') return false
    const { number, decisions: architecture, architecture: text } = start
    const stop = proxies.screen(architecture, this.othersOf(number))
    if (stop === undefined) return false
    const ended = { status: 'stopped', metrics: {}, ...reported(stop), saved: { share: 1 } } as const
    this.record(started(start), { type: 'trial-ended', number, ...ended })
    this.skipped++
    this.answers.take({ number, architecture, text, status: 'stopped', metrics: this.expected(ended) })
    return true
  }

  /** What may be known when trial `number` is decided on: in a deterministic run with several workers the trials up to it but the latest. */
  private othersOf(number: number): readonly ObservedTrial[] {
    const { deterministic, workers } = this.options.config
    return this.trials.others(number, deterministic && workers > 1 ? number - workers + 1 : undefined)
  }

  private launch(start: Start): void {
    this.record(started(start))
    const cancel = new AbortController()
    this.running.set(start.number, { cancel, done: this.work(start, cancel.signal) })
  }

  /** Whether a trial goes on, by the proxies. */
  private verdict(number: number): Verdict {
    const { proxies, goOn = [] } = this.options
    const trial = this.trials.of(number)
    if (proxies === undefined || trial === undefined || goOn.includes(number)) return 'continue'
    const stop = proxies.judge(trial, this.othersOf(number))
    if (stop === undefined) return 'continue'
    this.stops.set(number, stop)
    return stop
  }

  private async work(start: Start, signal: AbortSignal): Promise<void> {
    const { number, architecture, decisions, inherits } = start
    const { executor, config } = this.options
    const began = Date.now()
    let open = true
    const heard = (event: SearchEvent, over = false): Verdict => {
      let verdict: Verdict = 'continue'
      if (open && this.end === undefined)
        this.safely(() => {
          this.record(event)
          // A training that is whole anyway has nothing left to stop.
          if (!over) verdict = this.verdict(number)
        })
      return verdict
    }
    const listener: TrialListener = {
      onEpoch: (record) => heard({ type: 'trial-epoch', number, record }, (record.share ?? 0) >= 1),
      onScores: (scores) => heard({ type: 'trial-scored', number, scores }),
    }
    const goesOn = start.type === 'trial-continued'
    let end: TrialEnd
    try {
      end = await evaluate(executor, { number, architecture, config, inherits, ...(goesOn && { goesOn }) }, listener, signal)
    } catch (error) {
      this.fail(error)
      return
    } finally {
      open = false
      this.running.delete(number)
    }
    this.safely(() => {
      const stop = this.stops.get(number)
      this.stops.delete(number)
      const stopped = end.status === 'stopped' && stop ? { ...end, ...reported(stop), saved: this.savedOf(number) } : end
      const result = cutOff(stopped, this.end)
      this.record({ type: 'trial-ended', number, ...result })
      if (isSkipped(result)) this.skipped++
      else if (result.status === 'finished' || result.saved) this.pace.took(Date.now() - began)
      const metrics = result.status === 'stopped' ? this.expected(result) : result.metrics
      if (!isCutOff(result)) this.answers.take({ ...result, metrics, number, architecture: decisions, text: architecture })
    })
  }

  private expected({ metrics, prediction }: Pick<TrialEnd, 'metrics' | 'prediction'>): TrialEnd['metrics'] {
    return expected(metrics, prediction, this.options.config.objectives[0]?.metric)
  }

  /** What is left of a trial's training, and what it would have taken at its own pace. */
  private savedOf(number: number): Saved {
    const curve = this.trials.row(number).curve
    const done = curve[curve.length - 1]?.share ?? 0
    const seconds = curve.reduce((sum, record) => sum + record.seconds, 0)
    return { share: 1 - done, ...(done > 0 ? { seconds: (seconds * (1 - done)) / done } : {}) }
  }

  private record(...events: SearchEvent[]): void {
    for (const event of this.options.store.append(events)) {
      if (this.options.proxies) this.trials.hear(event)
      this.options.onEvent?.(event)
    }
  }

  private finish(reason: RunEnd, message?: string): void {
    this.end ??= { reason, message }
    for (const { cancel } of this.running.values()) cancel.abort(this.end.reason)
  }

  /** Does what can fail in a way that no trial is to blame for: the store, the strategy, or the caller's onEvent. */
  private safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(error)
    }
  }

  private fail(error: unknown): void {
    this.fault ??= { error }
    this.finish('failed')
  }

  /** Trials of an earlier process that found no time to run again must not stay "running". */
  private leaveWaiting({ reason }: LoopEnd): void {
    const stoppedBy = reason === 'budget' ? 'budget' : 'interrupt'
    for (const { number, status } of this.waiting) {
      if (status === 'running') this.record({ type: 'trial-ended', number, status: 'stopped', metrics: {}, stoppedBy })
    }
  }
}

/** A trial that begins, or one that goes on with what is known of it. */
type Start = TrialStarted | (Pick<TrialRow, 'number' | 'architecture' | 'decisions' | 'inherits'> & { readonly type: 'trial-continued' })

const started = (start: Start): SearchEvent => (start.type === 'trial-started' ? start : { type: 'trial-continued', number: start.number })

const continued = ({ number, architecture, decisions, inherits }: TrialRow): Start => ({
  type: 'trial-continued',
  number,
  architecture,
  decisions,
  inherits,
})

/** How a proxy's decision stands in the record of a trial. */
const reported = ({ by, stop, prediction }: NamedStop): Pick<TrialEnd, 'stoppedBy' | 'reason' | 'prediction'> => ({
  stoppedBy: by,
  reason: stop,
  ...(prediction ? { prediction } : {}),
})

function begin(
  number: number,
  space: SearchSpace,
  { architecture: decisions, origin, parents = [], details }: Proposal,
  inherits?: number,
): TrialStarted {
  const proposal = { architecture: space.print(decisions), decisions, origin, parents, inherits, ...(details && { details }) }
  return { type: 'trial-started', number, attempt: 1, ...proposal }
}

function restart({ number, attempt, architecture, decisions, origin, parents, inherits, details }: TrialRow): TrialStarted {
  const proposal = { architecture, decisions, origin, parents, inherits, ...(details && { details }) }
  return { type: 'trial-started', number, attempt: attempt + 1, ...proposal }
}

/** A fault of the executor is a failed trial; what the user has to mend (a full disk, data that are gone) is no trial's fault. */
async function evaluate(executor: Executor, ...args: Parameters<Executor['run']>): Promise<TrialEnd> {
  try {
    return await executor.run(...args)
  } catch (error) {
    if (error instanceof UserError) throw error
    return { status: 'failed', metrics: {}, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** A trial that the end of the search cut off has no result; one that had just finished keeps it. */
function cutOff(result: TrialEnd, end: LoopEnd | undefined): TrialEnd {
  if (end === undefined || result.status === 'finished') return result
  return { status: 'stopped', metrics: {}, stoppedBy: end.reason === 'budget' ? 'budget' : 'interrupt' }
}

interface Pace {
  took(ms: number): void
  /** Whether a new trial could not finish before the deadline: then the cores are better left to those that run. */
  tooLate(): boolean
}

function createPace(deadline: number | undefined): Pace {
  let shortest = Number.POSITIVE_INFINITY
  return {
    took(ms: number): void {
      shortest = Math.min(shortest, ms)
    },
    tooLate: (): boolean =>
      deadline !== undefined && (Date.now() >= deadline || (Number.isFinite(shortest) && Date.now() + 0.7 * shortest > deadline)),
  }
}
