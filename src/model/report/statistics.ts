/** Wilson's interval for a share of `count` that came out as `hits`, at 95 % (Edwin B. Wilson, 1927). */
export function wilsonInterval(hits: number, count: number): readonly [low: number, high: number] {
  if (count === 0) return [0, 1]
  const z = 1.959964
  const share = hits / count
  const scale = 1 + z ** 2 / count
  const middle = (share + z ** 2 / (2 * count)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  // At the ends the formula gives 0 and 1 but for rounding.
  return [hits === 0 ? 0 : middle - half, hits === count ? 1 : middle + half]
}

/** Items that no other is at least as good as in both ways and better in one; the cheapest first. `cost` is to be small, `value` large. */
export function paretoFront<T>(items: readonly T[], cost: (item: T) => number, value: (item: T) => number): T[] {
  const order = items
    .filter((item) => Number.isFinite(cost(item)) && Number.isFinite(value(item)))
    .toSorted((a, b) => cost(a) - cost(b) || value(b) - value(a))
  let best = Number.NEGATIVE_INFINITY
  return order.filter((item) => {
    if (value(item) <= best) return false
    best = value(item)
    return true
  })
}

/** The value that a share of the sorted values lies below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Pairs of classes that are mixed up, the most frequent first. */
export function confusions(
  matrix: readonly (readonly number[])[],
): { readonly truth: number; readonly predicted: number; readonly count: number }[] {
  return matrix
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.truth - b.truth)
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export interface ClassScore {
  readonly index: number
  /** Test examples of the class. */
  readonly count: number
  /** Share of them that is found. */
  readonly recall: number
  /** Share of what is called so that is so. */
  readonly precision: number
}

/** How well each class is found. */
export function classScores(matrix: readonly (readonly number[])[]): ClassScore[] {
  return matrix.map((row, index) => {
    const count = sum(row)
    return { index, count, recall: row[index] / count, precision: row[index] / sum(matrix.map((other) => other[index])) }
  })
}
