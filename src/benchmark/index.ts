export {
  compare,
  type CompareOptions,
  type Comparison,
  type Contestant,
  type PlayAll,
  type RegretPoint,
  type StrategyResult,
  type Task,
} from './compare.ts'
export { checkpointsOf, play, type Play } from './play.ts'
export { playHere } from './play-here.ts'
export { kendall, spearman } from '../predict/rank-correlation.ts'
export { type Agreement, agreementOf } from './ranking.ts'
export { type Problem, type ProblemData, problemOf } from './problem.ts'
export { mannWhitney, type Spread, spreadOf } from './statistics.ts'
