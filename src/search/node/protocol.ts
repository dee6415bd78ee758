import type { EpochRecord, StepPlan } from '../../train/index.ts'
import type { SupernetEpoch, SupernetPlan } from '../../oneshot/index.ts'
import type { TrialCost } from '../budget.ts'
import type { FinalOutcome, FinalTask } from '../final.ts'
import type { RunConfig, TrialEnd, TrialTask } from '../events.ts'
import type { SupernetTask } from '../supernet.ts'
import type { SupernetOutcome } from './supernet.ts'

/** How the worker computes one piece of work. */
export interface Compute {
  readonly threads: number
  /** Whether other processes compute beside it. */
  readonly shared: boolean
}

/** What a worker process is asked for, one at a time; all of it is JSON. `folder`: where the trained model is kept. */
export type Request =
  /** `run`: the run's folder, in which the trial that this one inherits from lies. */
  | { readonly type: 'trial'; readonly compute: Compute; readonly task: TrialTask; readonly folder?: string; readonly run?: string }
  /** Judges a path with the shared weights of the run in the folder `run`. */
  | { readonly type: 'judge'; readonly compute: Compute; readonly task: TrialTask; readonly folder: string; readonly run: string }
  | { readonly type: 'supernet'; readonly compute: Compute; readonly task: SupernetTask; readonly folder: string }
  | { readonly type: 'measure'; readonly compute: Compute; readonly config: RunConfig }
  | { readonly type: 'final'; readonly compute: Compute; readonly task: FinalTask; readonly folder: string }
  /** Takes a trial's model for the final one: tests it, and keeps it in `folder`. */
  | { readonly type: 'adopt'; readonly compute: Compute; readonly config: RunConfig; readonly from: string; readonly folder: string }

export type Order = Request | { readonly type: 'cancel' } | { readonly type: 'go' } | { readonly type: 'stop'; readonly reason: string }

export interface Results {
  readonly trial: TrialEnd
  readonly judge: TrialEnd
  readonly supernet: SupernetOutcome
  readonly measure: TrialCost
  readonly final: FinalOutcome
  readonly adopt: FinalOutcome
}

/** What a worker process says. */
export type Message =
  /** `waits` for 'go' or 'stop'. */
  | { readonly type: 'epoch'; readonly record: EpochRecord; readonly waits?: boolean }
  /** Zero-cost scores; waits for 'go' or 'stop'. */
  | { readonly type: 'scored'; readonly scores: Readonly<Record<string, number>> }
  | { readonly type: 'supernet-planned'; readonly plan: SupernetPlan }
  | { readonly type: 'supernet-epoch'; readonly record: SupernetEpoch }
  /** The final training has planned its length and waits for 'go', which comes when the plan is recorded. */
  | { readonly type: 'planned'; readonly plan: StepPlan }
  | { readonly type: 'memory'; readonly bytes: number }
  | { readonly type: 'done'; readonly result: Results[keyof Results] }
  /** `mendable`: a UserError. */
  | { readonly type: 'failed'; readonly message: string; readonly mendable: boolean }
