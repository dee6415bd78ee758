import type { ZeroCostScore } from './score.ts'

/** Trained parameters: a baseline that every score should beat. Larger networks are expected to be better. */
export const params: ZeroCostScore = {
  name: 'params',
  summary: 'trained parameters: a baseline to beat',
  value: ({ cost }) => cost().parameters,
}
