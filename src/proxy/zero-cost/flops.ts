import type { ZeroCostScore } from './score.ts'

/** Operations of a forward pass for one example: a baseline that every score should beat. Larger networks are expected to be better. */
export const flops: ZeroCostScore = {
  name: 'flops',
  summary: 'operations for one example: a baseline to beat',
  value: ({ cost }) => cost().flops,
}
