export { type Bench, childOf, outputsOf, settingsFor } from './bench.ts'
export {
  defaultBudget,
  describeFidelity,
  parseBudget,
  parseFidelity,
  planFidelity,
  planTime,
  type TimePlan,
  type TrialCost,
} from './budget.ts'
export type {
  Budget,
  Executor,
  Fidelity,
  Metrics,
  RunConfig,
  RunEnd,
  RunState,
  SearchEvent,
  Store,
  StoredEvent,
  TrialEnd,
  TrialRow,
  TrialStatus,
  TrialTask,
} from './events.ts'
export { type FinalHooks, type FinalOutcome, type FinalResult, type FinalTask, runFinal } from './final.ts'
export { bestTrial, isBetter, nextRun, nextTrial, usedSeconds } from './fold.ts'
export { createInProcessExecutor } from './in-process.ts'
export { type LoopEnd, type LoopOptions, runLoop } from './loop.ts'
export { createMemoryStore } from './memory-store.ts'
export { parseObjectives } from './objectives.ts'
export { measureTrial, runTrial, type Trained, type TrialOutcome } from './trial.ts'
