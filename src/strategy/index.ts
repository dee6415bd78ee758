export type { Objective, Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
export {
  annealing,
  bananas,
  type ConfiguredStrategy,
  evolution,
  exhaustive,
  gp,
  grid,
  localSearch,
  random,
  strategy,
} from './configured.ts'
export { findStrategy, strategies } from './registry.ts'
export { fitness } from './fitness.ts'
export { validate } from './validate.ts'
