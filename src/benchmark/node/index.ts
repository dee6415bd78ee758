export { type CurveBenchOptions, type CurvesResult, runCurves } from './curves.ts'
export { type MethodRanking, type RankingOptions, type RankingResult, runRanking } from './ranking.ts'
export type { TabularResult } from '../words.ts'
export { runTabular, type TabularOptions } from './tabular.ts'
