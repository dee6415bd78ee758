import { sampleCorrelation } from 'simple-statistics'
import { ranksOf } from './ranks.ts'

export { ranksOf }

/** Spearman's rank correlation: the correlation of the ranks (Spearman 1904). NaN for fewer than two values, or when one side is constant. */
export const spearman = (a: readonly number[], b: readonly number[]): number =>
  a.length < 2 ? Number.NaN : sampleCorrelation(ranksOf(a), ranksOf(b))

/**
 * Kendall's tau-b: pairs in the same order less pairs in the opposite order, as a share of the pairs, corrected for ties (Kendall 1945). NaN when all values
 * of one side are equal.
 */
export function kendall(a: readonly number[], b: readonly number[]): number {
  let [concordance, distinctA, distinctB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [left, right] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])]
      concordance += left * right
      distinctA += left * left
      distinctB += right * right
    }
  }
  return concordance / Math.sqrt(distinctA * distinctB)
}
