import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SearchSpace } from '../../space/types.ts'
import type { Reward } from '../../oneshot/index.ts'
import type { Metrics, RunConfig, StoredEvent } from '../events.ts'
import type { FrontTrial } from '../front.ts'
import type { Savings } from '../savings.ts'
import type { Searcher } from '../searchers.ts'

/** What a search is asked for; texts as on the command line. */
export interface SearchOptions {
  readonly command: 'search' | 'fit'
  /** An existing path, or a known name. */
  readonly data: string
  readonly target?: string
  /** A name in the hub, a module and its export (`spaces.ts#small`), or a space itself, which this process then computes alone; default: by the kind of data. */
  readonly space?: string | SearchSpace
  /** A name, a module and its export (`mine.ts#climber`), or a strategy itself. */
  readonly strategy?: string | Searcher
  readonly strategyOptions?: Readonly<Record<string, number | string | boolean>>
  /** `10m`, `200trials`, `10m,200trials`. */
  readonly budget?: string
  /** `accuracy,latencyMs`. */
  readonly objectives?: string
  /** What keeps the search from training each network whole: names with commas (`asha`, `zero-cost,median`). */
  readonly proxy?: string
  /** Options of the proxies, those of several as `name.option`. */
  readonly proxyOptions?: Readonly<Record<string, number | string | boolean>>
  /** What is made better in place of `objectives`: a module and its export (`mine.ts#worth`), or a function, with which this process then computes alone. */
  readonly reward?: string | Reward
  /** The most that a network may cost: `parameters<=500k,flops<=20M,bytes<=2M`. */
  readonly limits?: string
  /** `3ep`, `20%data`, `3ep,20%data`; default: planned. */
  readonly fidelity?: string
  readonly finalEpochs?: number
  /** Share of the time for the final training; default 0.5, with shared weights 0.65. */
  readonly finalShare?: number
  /** Whether children begin from the trained weights of the trial that they descend from. */
  readonly inherit?: boolean
  /** An earlier run (id or folder) whose trials the strategy begins with. */
  readonly warmStart?: string
  readonly workers?: number
  readonly deterministic?: boolean
  readonly seed?: number
  readonly device?: RunConfig['device']
  readonly out?: string
  /** When the budget began to count, ms since 1970; default: when this process started. */
  readonly since?: number
}

/** What `nascent train` is asked for. */
export interface TrainRequest {
  /** A run's id or folder, or an architecture string. */
  readonly architecture: string
  readonly data: string
  /** The space that an architecture string belongs to. */
  readonly space?: string
  /** A run's trial in place of its best. */
  readonly trial?: number
  /** Cells to stack, in place of as many as the space has: a cell that was found small is trained large. */
  readonly stack?: number
  /** Channels of the first cell, in place of the space's. */
  readonly channels?: number
  /** Networks of cells: last probability of drop-path and weight of an auxiliary head; with `stack` or `channels` as the space's paper has them. */
  readonly dropPath?: number
  readonly auxiliary?: number
  readonly epochs?: number
  readonly budget?: string
  readonly target?: string
  readonly seed?: number
  readonly device?: RunConfig['device']
  readonly out?: string
  readonly since?: number
}

export interface RunHooks {
  /** Ends the run at once, cleanly: everything is kept, and `resumeRun` goes on. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: StoredEvent) => void
  /** Plain sentences on the way. */
  readonly onNote?: (note: string) => void
}

/** What came of a run; plain JSON. */
export interface RunResult {
  readonly run: string
  readonly folder: string
  /** Absent when no trial finished. */
  readonly best?: { readonly number?: number; readonly architecture: string; readonly metrics: Metrics }
  /** With several objectives: the finished trials that no other beats in all of them at once, the best by the first objective first. */
  readonly front?: readonly FrontTrial[]
  /** All metrics that apply, on the test part; empty when the run ended before its final model. */
  readonly test: Metrics
  readonly trials: { readonly finished: number; readonly stopped: number; readonly failed: number }
  /** What proxies saved; absent where none stopped anything. */
  readonly savings?: Savings
  /** Architectures that were drawn and rejected for their cost, before anything was built. */
  readonly rejected: number
  readonly seconds: number
  /** Paths written. */
  readonly files: readonly string[]
}

/** An existing path first, made absolute so that the run goes on from any folder; then a name. */
export const resolveData = (data: string): string => (existsSync(data) ? resolve(data) : data)
