import type { Architecture } from '../space/types.ts'
import type { EpochRecord } from '../train/types.ts'

export type TrialStatus = 'running' | 'finished' | 'stopped' | 'failed'

/** Everything that happens in a run, appended to the store; every reader (resume, page, report, progress) folds these. */
export type SearchEvent =
  | { readonly type: 'run-started'; readonly config: RunConfig }
  | { readonly type: 'run-resumed' }
  | { readonly type: 'trial-started'; readonly number: number; readonly attempt: number; readonly architecture: string; readonly decisions: Architecture; readonly origin: string; readonly parents: readonly number[] }
  | { readonly type: 'trial-epoch'; readonly number: number; readonly record: EpochRecord }
  | { readonly type: 'trial-ended'; readonly number: number; readonly status: 'finished' | 'stopped' | 'failed'; readonly metrics: Readonly<Record<string, number>>; readonly stoppedBy?: string; readonly reason?: string }
  | { readonly type: 'final-started'; readonly architecture: string; readonly epochs: number }
  | { readonly type: 'final-epoch'; readonly record: EpochRecord }
  | { readonly type: 'final-ended'; readonly metrics: Readonly<Record<string, number>>; readonly test: Readonly<Record<string, number>>; readonly files: readonly string[] }
  | { readonly type: 'run-ended'; readonly reason: 'budget' | 'trials' | 'exhausted' | 'interrupted' | 'failed' ; readonly message?: string }

/** Events as stored: a number that only grows and the time it was written (ms since 1970). */
export type StoredEvent = SearchEvent & { readonly id: number; readonly at: number }

/** All that a run needs to be started again exactly; plain JSON. */
export interface RunConfig {
  readonly run: string
  readonly version: string
  readonly command: 'search' | 'fit' | 'train'
  readonly data: string
  readonly target?: string
  readonly space: string
  readonly strategy: string
  readonly strategyOptions: Readonly<Record<string, number | string | boolean>>
  readonly objectives: readonly { readonly metric: string; readonly direction: 'maximize' | 'minimize' }[]
  readonly budget: { readonly seconds?: number; readonly trials?: number }
  /** How far each trial is trained. */
  readonly fidelity: { readonly epochs: number; readonly share?: number }
  readonly workers: number
  readonly deterministic: boolean
  readonly seed: number
  readonly device: 'cpu' | 'webgpu' | 'cuda'
  /** Share of the time budget for the final training. */
  readonly finalShare: number
}

export interface TrialRow {
  readonly number: number
  readonly attempt: number
  readonly architecture: string
  readonly decisions: Architecture
  readonly status: TrialStatus
  readonly metrics: Readonly<Record<string, number>>
  readonly epochs: number
  readonly curve: readonly EpochRecord[]
  readonly stoppedBy?: string
  readonly reason?: string
  readonly parents: readonly number[]
  readonly origin: string
  readonly startedAt: string
  readonly finishedAt?: string
}

/** Where events are kept: append and read; everything else is a fold kept up to date in the same transaction. */
export interface Store {
  append(events: readonly SearchEvent[]): readonly StoredEvent[]
  read(afterId?: number): readonly StoredEvent[]
  trials(): readonly TrialRow[]
  close(): void
}

/** What is to be evaluated; plain JSON, so it crosses a process or a queue. */
export interface TrialTask {
  readonly number: number
  readonly architecture: string
  readonly config: RunConfig
}

/** Runs trials somewhere; in-process, worker processes, later a queue. */
export interface Executor {
  readonly slots: number
  /** Resolves when the trial ended, whatever happened to the process that ran it. */
  run(task: TrialTask, onEpoch: (record: EpochRecord) => void, signal: AbortSignal): Promise<TrialEnd>
  close(): Promise<void>
}

export interface TrialEnd {
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly metrics: Readonly<Record<string, number>>
  readonly reason?: string
  readonly stoppedBy?: string
}
