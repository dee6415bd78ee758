import { normalDistribution } from '../normal.ts'
import type { CurveBelief } from './curve.ts'

/** A normal distribution; without deviation it is certain, and a value is not above itself. */
export const normalBelief = (mean: number, deviation: number): CurveBelief => ({
  mean,
  deviation,
  above: (value) => (deviation > 0 ? normalDistribution((mean - value) / deviation) : mean > value ? 1 : 0),
})
