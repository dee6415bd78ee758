export * from './configured.ts'
export { type Judged, judgePath } from './judge.ts'
export type {
  FinalWeights,
  OneShotContext,
  OneShotEntry,
  Path,
  SupernetEpoch,
  SupernetPlan,
  SupernetState,
  SupernetTrainer,
} from './one-shot.ts'
export { findOneShot, oneShotMethods } from './registry.ts'
export { type Reward, rewardMetric } from './reward.ts'
export { searchedSpace } from './searched-space.ts'
export { SharedWeights, sharedWeightsOf } from './shared-weights.ts'
export { decodeSupernet, encodeSupernet } from './state.ts'
export { learnedOf, type PlanRequest, type SupernetHooks, type SupernetResult, trainSupernet } from './train-supernet.ts'
