/**
 * Replaces values by the standard normal quantiles of their ranks (van der Waerden's scores); equal values share the mean of their ranks. Measurements of
 * networks are skewed, with many failures far below: ranks keep a model's attention where the good ones differ, on any metric.
 */
export function normalScores(values: readonly number[]): Float64Array {
  const n = values.length
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b)
  const scores = new Float64Array(n)
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && values[order[to]] === values[order[from]]) to++
    const score = normalQuantile((from + to) / 2 / n)
    for (; from < to; from++) scores[order[from]] = score
  }
  return scores
}

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)

/** Distribution function of the standard normal distribution (Abramowitz and Stegun 1964, 26.2.17; error below 7.5e-8). */
export function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = normalDensity(x) * poly
  return x > 0 ? 1 - tail : tail
}

/** Inverse of the distribution function for 0 < p < 1: a rational first guess (Abramowitz and Stegun 1964, 26.2.23), then three Newton steps. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)))
  const guess = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  let x = p < 0.5 ? -guess : guess
  for (let i = 0; i < 3; i++) x -= (normalDistribution(x) - p) / normalDensity(x)
  return x
}

/** Expected improvement over a value, of what is normally distributed (Jones, Schonlau and Welch 1998). */
export function expectedImprovement(mean: number, deviation: number, best: number): number {
  if (deviation <= 0) return Math.max(0, mean - best)
  const z = (mean - best) / deviation
  // Far below the best the two terms cancel; there the tail's series is exact enough, and keeps the order.
  if (z < -5) return (deviation * normalDensity(z) * (1 - 3 / z ** 2 + 15 / z ** 4)) / z ** 2
  return (mean - best) * normalDistribution(z) + deviation * normalDensity(z)
}
