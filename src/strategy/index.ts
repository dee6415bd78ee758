export type { Objective, Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
export {
  annealing,
  type ConfiguredStrategy,
  evolution,
  exhaustive,
  grid,
  localSearch,
  random,
  reinforcement,
  strategy,
} from './configured.ts'
export { findStrategy, strategies } from './registry.ts'
export { fitness } from './fitness.ts'
export { validate } from './validate.ts'
