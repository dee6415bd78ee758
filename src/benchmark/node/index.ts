export type { TabularResult } from '../words.ts'
export { runTabular, type TabularOptions } from './tabular.ts'
