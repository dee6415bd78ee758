import type { SupernetEpoch, SupernetPlan } from '../../oneshot/index.ts'
import type { StepPlan } from '../../train/index.ts'
import type { TrialCost } from '../budget.ts'
import type { Executor, RunConfig } from '../events.ts'
import type { FinalHooks, FinalOutcome, FinalTask } from '../final.ts'
import type { SupernetTask } from '../supernet.ts'
import type { SupernetOutcome } from './supernet.ts'

export interface FinalCall extends Pick<FinalHooks, 'onEpoch' | 'signal'> {
  /** The plan is to be recorded when this returns; training begins then. */
  readonly onPlan: (plan: StepPlan) => void
}

export interface SupernetCall {
  /** The plan is to be recorded when this returns; training begins then. */
  readonly onPlan: (plan: SupernetPlan) => void
  readonly onEpoch: (record: SupernetEpoch) => void
  readonly signal?: AbortSignal
}

/** Who computes for a run: worker processes, or this process. */
export interface Crew extends Executor {
  /** What a trial of a typical architecture takes, as the crew computes. */
  measure(config: RunConfig, signal?: AbortSignal): Promise<TrialCost>
  /** Trains the shared weights of a run in its folder with all cores; trials, which are judged with them, come after. */
  supernet(task: SupernetTask, folder: string, call: SupernetCall): Promise<SupernetOutcome>
  /** Trains and tests the final model with all cores and keeps it in `folder`; trials are over then. */
  final(task: FinalTask, folder: string, call: FinalCall): Promise<FinalOutcome>
  /** Takes a trial's model, kept in `from`, for the final one: tests it and keeps it in `folder`. */
  adopt(config: RunConfig, from: string, folder: string): Promise<FinalOutcome>
}
