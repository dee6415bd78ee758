import type { Prediction, Verdict } from '../proxy/proxy.ts'
import type { SupernetEpoch, SupernetPlan } from '../oneshot/index.ts'
import type { Architecture } from '../space/types.ts'
import type { Change } from '../network/index.ts'
import type { EpochRecord } from '../train/types.ts'
import type { CostLimit } from './limits.ts'

export type TrialStatus = 'running' | 'finished' | 'stopped' | 'failed'
export type RunEnd = 'budget' | 'trials' | 'exhausted' | 'interrupted' | 'failed'
export type Metrics = Readonly<Record<string, number>>

/** Everything that happens in a run, appended to the store; every reader (resume, page, report, progress) folds these. */
export type SearchEvent =
  | RunStarted
  | RunResumed
  | WarmStarted
  | TrialStarted
  | { readonly type: 'trial-epoch'; readonly number: number; readonly record: EpochRecord }
  /** What was computed of a network before its training: zero-cost scores by name. */
  | { readonly type: 'trial-scored'; readonly number: number; readonly scores: Readonly<Record<string, number>> }
  /** A paused trial goes on from its checkpoint. */
  | { readonly type: 'trial-continued'; readonly number: number }
  | TrialEnded
  | { readonly type: 'supernet-started'; readonly plan: SupernetPlan }
  | { readonly type: 'supernet-epoch'; readonly record: SupernetEpoch }
  | { readonly type: 'supernet-ended'; readonly status: 'finished' | 'stopped' | 'failed'; readonly reason?: string }
  | {
      readonly type: 'final-started'
      readonly architecture: string
      readonly epochs: number
      readonly steps?: number
      readonly number?: number
    }
  | { readonly type: 'final-epoch'; readonly record: EpochRecord }
  | FinalEnded
  | { readonly type: 'run-ended'; readonly reason: RunEnd; readonly message?: string; readonly rejected?: number }

export interface RunStarted {
  readonly type: 'run-started'
  readonly config: RunConfig
  /** When the time budget began to count (ms since 1970); the event's own time when absent. */
  readonly since?: number
}

export interface RunResumed {
  readonly type: 'run-resumed'
  readonly since?: number
  /** As before, with what is changed. */
  readonly config: RunConfig
}

/** Right after `run-started`: what the run knows from an earlier one. Kept here, so that the run goes on alike when that one is gone. */
export interface WarmStarted {
  readonly type: 'warm-started'
  /** The earlier run. */
  readonly run: string
  /** Whether the strategy was told the results; else only the best architectures were tried again. */
  readonly told: boolean
  readonly trials: readonly WarmTrial[]
}

/** A finished trial of an earlier run. */
export interface WarmTrial {
  readonly architecture: Architecture
  readonly metrics: Metrics
}

export interface TrialStarted {
  readonly type: 'trial-started'
  readonly number: number
  /** 1 at first; one more each time that the trial is run again after a kill. */
  readonly attempt: number
  readonly architecture: string
  readonly decisions: Architecture
  readonly origin: string
  readonly parents: readonly number[]
  /** What the strategy knew when it proposed it, such as the probability of each decision. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Number of the trial whose trained weights it begins from; absent: from fresh ones. */
  readonly inherits?: number
}

export interface TrialEnded {
  readonly type: 'trial-ended'
  readonly number: number
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly metrics: Metrics
  /** What stopped it: a proxy's name, after which it can be continued; or 'budget' or 'interrupt', after which it is run again when the run goes on. */
  readonly stoppedBy?: string
  readonly reason?: string
  /** What the proxy expected of the whole training. */
  readonly prediction?: Prediction
  /** What stopping it saved. */
  readonly saved?: Saved
  /** Number of the trial of the same architecture whose result this is: nothing was trained. */
  readonly replayOf?: number
  /** What it began with, if that was not all fresh. */
  readonly inherited?: Inherited
}

/** Training that was not done. */
export interface Saved {
  /** Share of the trial's training. */
  readonly share: number
  /** Seconds that it would have taken at the trial's own pace; absent where nothing was trained. */
  readonly seconds?: number
}

/** What a trial took over from another one's trained weights. */
export interface Inherited {
  /** The other trial's number. */
  readonly from: number
  /** 'morph': it began as the same function; 'name': with every parameter that still fits. */
  readonly how: 'morph' | 'name'
  /** Share of its trained parameters that are not fresh, 0 to 1. */
  readonly share: number
  /** Of a morph: how the network grew. */
  readonly changes?: readonly Change[]
}

export interface FinalEnded {
  readonly type: 'final-ended'
  readonly architecture?: string
  readonly metrics: Metrics
  readonly test: Metrics
  readonly files: readonly string[]
  /** With shared weights: whether the final model has those, or was trained from scratch. */
  readonly weights?: 'shared' | 'scratch'
}

/** Events as stored: a number that only grows and the time it was written (ms since 1970). */
export type StoredEvent = SearchEvent & { readonly id: number; readonly at: number }

/** Wall time from process start to exit, number of trials, or both: whichever ends first. */
export interface Budget {
  readonly seconds?: number
  readonly trials?: number
}

/** A proxy as it is asked for. */
export interface NamedProxy {
  readonly name: string
  readonly options: Readonly<Record<string, number | string | boolean>>
}

/** How far each trial is trained. */
export interface Fidelity {
  readonly epochs: number
  /** Share of the training part that is used, 0 to 1; all when absent. */
  readonly share?: number
  /** Height and width that pictures are averaged down to, where the space and its final network see them whole. */
  readonly side?: number
  /** Spaces with cells: channels of the first cell, and cells, in place of the space's own. */
  readonly channels?: number
  readonly cells?: number
}

/** All that a run needs to be started again exactly; plain JSON. */
export interface RunConfig {
  readonly run: string
  readonly version: string
  readonly command: 'search' | 'fit' | 'train'
  /** A known name, or an absolute path. */
  readonly data: string
  readonly target?: string
  /** A name in the hub, or a module's absolute path with `#name` of its export. */
  readonly space: string
  /** Content hash of the module that holds the space, if it is one. */
  readonly spaceHash?: string
  /** A name in the registries, or a module's absolute path with `#name` of its export. */
  readonly strategy: string
  /** Content hash of the module that holds the strategy, if it is one. */
  readonly strategyHash?: string
  readonly strategyOptions: Readonly<Record<string, number | string | boolean>>
  /** The user's own reward: a module's absolute path with `#name` of its export, or `object:` for a function of the program that began the run. */
  readonly reward?: string
  readonly rewardHash?: string
  readonly objectives: readonly { readonly metric: string; readonly direction: 'maximize' | 'minimize' }[]
  /** What keeps the run from training each network whole. */
  readonly proxies?: readonly NamedProxy[]
  readonly budget: Budget
  readonly fidelity: Fidelity
  /** Why that fidelity: given, fixed by the size of the data, or planned from a measurement. */
  readonly fidelityFrom?: string
  /** Networks that take more work (`trainingWork`) are not tried: the final training would have no time for them. */
  readonly maxWork?: number
  /** The most that a network may cost, as asked for. */
  readonly limits?: readonly CostLimit[]
  readonly workers: number
  readonly deterministic: boolean
  readonly seed: number
  readonly device: 'cpu' | 'webgpu' | 'cuda'
  /** Whether trials begin from their parent's trained weights. */
  readonly inherit?: boolean
  /** The earlier run that this one began with; its trials are in the event `warm-started`. */
  readonly warmStart?: string
  /** `train`: the architecture that is trained without a search. */
  readonly architecture?: string
  /** Share of the time budget for the final training. */
  readonly finalShare: number
  /** Epochs of the final training; chosen when it starts if absent. */
  readonly finalEpochs?: number
  /** `train`: what the final training adds to networks of cells (see TrainSettings). */
  readonly regularization?: { readonly dropPath?: number; readonly auxiliary?: number }
  /** A trial that takes longer than this fails. */
  readonly trialSeconds?: number
}

export interface TrialRow {
  readonly number: number
  readonly attempt: number
  readonly architecture: string
  readonly decisions: Architecture
  readonly status: TrialStatus
  readonly metrics: Metrics
  readonly epochs: number
  readonly curve: readonly EpochRecord[]
  readonly scores?: Readonly<Record<string, number>>
  readonly stoppedBy?: string
  readonly reason?: string
  readonly prediction?: Prediction
  readonly saved?: Saved
  readonly replayOf?: number
  readonly parents: readonly number[]
  /** The trial from whose weights it was to begin, and what it took over. */
  readonly inherits?: number
  readonly inherited?: Inherited
  readonly origin: string
  readonly details?: Readonly<Record<string, unknown>>
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt?: string
  /** Id of the event that ended it: the order in which results came. */
  readonly ended?: number
  /** What was told of it each time that it paused before it went on. */
  readonly earlier?: readonly Pick<TrialRow, 'ended' | 'metrics' | 'prediction' | 'stoppedBy'>[]
}

/** A run as a whole, folded from its events. */
export interface RunState {
  /** With the budget and workers of the last resume. */
  readonly config: RunConfig
  readonly trials: Readonly<Record<TrialStatus, number>>
  /** The best finished trial by the first objective. */
  readonly best?: { readonly number: number; readonly architecture: string; readonly metrics: Metrics }
  /** The training of shared weights, of methods that have it. */
  readonly supernet?: {
    readonly plan: SupernetPlan
    readonly epochs: readonly SupernetEpoch[]
    /** Absent until it has ended. */
    readonly status?: 'finished' | 'stopped' | 'failed'
  }
  readonly final?: {
    readonly architecture: string
    readonly epochs: number
    /** Where not even one epoch fits. */
    readonly steps?: number
    /** Number of the trial whose architecture it is. */
    readonly number?: number
    readonly curve: readonly EpochRecord[]
    /** Absent until it has ended. */
    readonly metrics?: Metrics
    readonly test?: Metrics
    readonly files?: readonly string[]
    /** With shared weights: whether the final model has those, or was trained from scratch. */
    readonly weights?: 'shared' | 'scratch'
  }
  readonly ended?: { readonly reason: RunEnd; readonly message?: string }
  /** Architectures that were drawn and rejected for their cost, before they were built; 0 when absent. */
  readonly rejected?: number
  /** ms since 1970. */
  readonly startedAt: number
  readonly lastAt: number
  /** Begin of the current stretch of work, and the seconds of those before it. */
  readonly since: number
  readonly secondsBefore: number
}

/** Where events are kept: append and read; everything else is a fold kept up to date in the same transaction. */
export interface Store {
  /** Durable when it returns. */
  append(events: readonly SearchEvent[]): readonly StoredEvent[]
  /** The events after one (by its id), no more than `most`. */
  read(afterId?: number, most?: number): readonly StoredEvent[]
  trials(): readonly TrialRow[]
  /** Undefined before the first event. */
  run(): RunState | undefined
  close(): void
}

/** What is to be evaluated; plain JSON, so it crosses a process or a queue. */
export interface TrialTask {
  readonly number: number
  readonly architecture: string
  readonly config: RunConfig
  /** Number of the trial whose trained weights it begins from, where they are still kept. */
  readonly inherits?: number
  /** It was paused, and goes on from its checkpoint. */
  readonly goesOn?: boolean
}

/** What a run is told of a trial that trains, and what it says to that. */
export interface TrialListener {
  /** Waited for before training goes on, where the run has proxies. */
  onEpoch(record: EpochRecord): Verdict | Promise<Verdict>
  onScores?(scores: Readonly<Record<string, number>>): Verdict | Promise<Verdict>
}

/** Runs trials somewhere; in-process, worker processes, later a queue. */
export interface Executor {
  readonly slots: number
  /**
   * Resolves when the trial ended, whatever happened to the process that ran it.
   * @throws UserError for what would stop every trial and the user has to mend
   */
  run(task: TrialTask, listener: TrialListener, signal: AbortSignal): Promise<TrialEnd>
  close(): Promise<void>
}

export interface TrialEnd {
  readonly status: 'finished' | 'stopped' | 'failed'
  readonly metrics: Metrics
  readonly reason?: string
  readonly stoppedBy?: string
  readonly inherited?: Inherited
  readonly prediction?: Prediction
  readonly saved?: Saved
}
