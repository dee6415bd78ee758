import type { StoredEvent } from './search/events.ts'
import type { ResumeChange } from './search/node/experiment.ts'
import type { RunHooks, RunResult, SearchOptions } from './search/node/options.ts'
import type { ConfiguredMethod } from './oneshot/index.ts'
import type { ConfiguredStrategy } from './strategy/index.ts'

export interface Options extends Omit<SearchOptions, 'command' | 'strategy' | 'strategyOptions' | 'since'> {
  /** A name, or one of `evolution({ population: 20 })`, `spos()`, …; default: evolution. */
  readonly strategy?: string | ConfiguredStrategy | ConfiguredMethod
  readonly signal?: AbortSignal
  /** Plain sentences on the way. */
  readonly onNote?: (note: string) => void
}

/** A run that has ended. */
export interface FinishedRun extends RunResult {
  /** Writes the model as ONNX; gives the path. */
  export(path: string): Promise<string>
  /** Writes the report; gives the path. */
  report(path: string): Promise<string>
}

/** A run on its way: `await` gives its result, `for await` its events from the first on. */
export type Run = Promise<FinishedRun> & AsyncIterable<StoredEvent>

/**
 * Searches a space, trains the winner, tests it, exports it: what `nascent search` does.
 *
 * @example
 * const run = await search({ data: 'fashion-mnist', space: 'chain', strategy: evolution({ population: 20 }), budget: '10m' })
 * console.log(run.best?.architecture, run.test.accuracy)
 *
 * The time budget counts from the call. A space given as an object is computed in this process; one named by its module (`spaces.ts#small`) in worker processes.
 * @throws UserError (as a rejection) for options and data that are not as they must be
 */
export function search(options: Options): Run {
  const { strategy: wanted, signal, onNote, ...rest } = options
  const configured = typeof wanted === 'object' ? { strategy: wanted.entry, strategyOptions: wanted.options } : { strategy: wanted }
  const since = Date.now()
  return follow(signal, onNote, async (hooks) => {
    const { runSearch } = await import('./search/node/experiment.ts')
    return runSearch({ ...rest, ...configured, command: 'search', since }, hooks)
  })
}

/** Goes on with a run, by id or folder, exactly where it was. */
export function resume(run: string, options: Omit<ResumeChange, 'since'> & Pick<Options, 'signal' | 'onNote'> = {}): Run {
  const { signal, onNote, ...change } = options
  const since = Date.now()
  return follow(signal, onNote, async (hooks) => {
    const { resumeRun } = await import('./search/node/experiment.ts')
    return resumeRun(run, { ...change, since }, hooks)
  })
}

function follow(signal: AbortSignal | undefined, onNote: Options['onNote'], work: (hooks: RunHooks) => Promise<RunResult>): Run {
  const events: StoredEvent[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  let over = false
  const onEvent = (event: StoredEvent): void => {
    events.push(event)
    wake()
  }
  const result = work({ signal, onNote, onEvent })
    .then(finished)
    .finally(() => {
      over = true
      wake()
    })
  async function* iterate(): AsyncGenerator<StoredEvent> {
    for (let i = 0; ; ) {
      for (; i < events.length; i++) yield events[i]
      if (over) break
      await new Promise<void>((resolve) => waiting.add(resolve))
    }
    // A failure of the run is a failure of the iteration.
    await result
  }
  return Object.assign(result, { [Symbol.asyncIterator]: iterate })
}

function finished(result: RunResult): FinishedRun {
  return {
    ...result,
    async export(path) {
      const { exportRun } = await import('./search/node/experiment.ts')
      return exportRun(result.folder, { out: path })
    },
    async report(path) {
      const { reportRun } = await import('./search/node/experiment.ts')
      return reportRun(result.folder, { out: path })
    },
  }
}
