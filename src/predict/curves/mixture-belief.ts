import { normalDistribution } from '../normal.ts'
import type { CurveBelief } from './curve.ts'

/** The belief of equally likely normal distributions. @param deviations above 0 */
export function mixtureBelief(means: readonly number[], deviations: readonly number[]): CurveBelief {
  const count = means.length
  const mean = means.reduce((sum, value) => sum + value, 0) / count
  const variance = means.reduce((sum, value, i) => sum + (value - mean) ** 2 + deviations[i] ** 2, 0) / count
  return {
    mean,
    deviation: Math.sqrt(variance),
    above: (value) => means.reduce((sum, end, i) => sum + normalDistribution((end - value) / deviations[i]), 0) / count,
  }
}
