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
  nsga2,
  tpe,
  bohb,
  mcts,
  strategy,
  bananas,
  gp,
  pnas,
} from './configured.ts'
export { findStrategy, strategies } from './registry.ts'
export { fitness } from './fitness.ts'
export { validate } from './validate.ts'
