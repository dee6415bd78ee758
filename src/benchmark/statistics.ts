import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics'

/** Mean, standard deviation of the sample (n − 1; NaN for one value) and number of values. */
export interface Spread {
  readonly mean: number
  readonly std: number
  readonly n: number
}

/** Values that are not finite are left out; the mean of none is NaN. */
export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite)
  const n = finite.length
  return { mean: n > 0 ? meanOf(finite) : Number.NaN, std: n > 1 ? sampleStandardDeviation(finite) : Number.NaN, n }
}

/** Half the width of a 95 % confidence interval of a mean, by the normal distribution; 0 for a single value. */
export const confidence = ({ std, n }: Spread): number => (n > 1 ? (1.959964 * std) / Math.sqrt(n) : 0)

/**
 * Mann and Whitney's U test, one-sided (Mann and Whitney 1947): the probability that values as much above the others as `greater` are would come by
 * chance if both were drawn from one distribution. Normal approximation with correction for ties and continuity: good from about ten values each.
 *
 * @returns 1 when all values are equal, NaN when one side has none
 */
export function mannWhitney(greater: readonly number[], others: readonly number[]): number {
  const [n, m] = [greater.length, others.length]
  if (n === 0 || m === 0) return Number.NaN
  const all = [...greater.map((value) => ({ value, ours: true })), ...others.map((value) => ({ value, ours: false }))].sort(
    (a, b) => a.value - b.value,
  )
  let ranks = 0
  let ties = 0
  for (let from = 0; from < all.length; ) {
    let to = from
    while (to < all.length && all[to].value === all[from].value) to++
    // Equal values share the mean of their ranks, which are counted from 1.
    const rank = (from + 1 + to) / 2
    for (let i = from; i < to; i++) if (all[i].ours) ranks += rank
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  const u = ranks - (n * (n + 1)) / 2
  const total = n + m
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (variance <= 0) return 1
  return upperTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance))
}

/** Probability that a standard normal number is above `z`: to full precision relative to itself, also far out. */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    // The series of the integral from 0 to z: density · (z + z³/3 + z⁵/(3·5) + …).
    let term = z
    let sum = 0
    for (let k = 1; Math.abs(term) > 1e-18; k++) {
      sum += term
      term *= (z * z) / (2 * k + 1)
    }
    return 0.5 - density * sum
  }
  // Laplace's continued fraction density / (z + 1/(z + 2/(z + 3/…))), from far inside.
  let fraction = z
  for (let k = 120; k > 0; k--) fraction = z + k / fraction
  return density / fraction
}
