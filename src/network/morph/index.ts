export { type Change, findMorph, type Morph } from './morph.ts'
export type { ChannelStatistics } from './rule.ts'
