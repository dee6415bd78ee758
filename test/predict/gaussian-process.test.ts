import { describe, expect, it } from 'vitest'
import { expectedImprovement, GaussianProcess } from '../../src/predict/index.ts'
import { normal, randomFor } from '../../src/space/index.ts'

const rbf = (a: number, b: number): number => Math.exp(-((a - b) ** 2) / 2)
const gram = (points: readonly number[]): Float64Array => Float64Array.from(points.flatMap((a) => points.map((b) => rbf(a, b))))

describe('Gaussian process regression', () => {
  it('has the likelihood and the belief of two examples, worked out by hand', () => {
    const [noise, y] = [0.1, [1, -0.5]]
    const process = new GaussianProcess(gram([0, 1]), y, noise)
    // A 2×2 matrix [d o; o d] has determinant d² − o² and inverse [d −o; −o d] / determinant.
    const [d, o] = [1 + noise, Math.exp(-0.5)]
    const determinant = d * d - o * o
    const form = (a: readonly number[], b: readonly number[]): number =>
      (d * (a[0] * b[0] + a[1] * b[1]) - o * (a[0] * b[1] + a[1] * b[0])) / determinant
    expect(process.logLikelihood).toBeCloseTo(-0.5 * form(y, y) - 0.5 * Math.log(determinant) - Math.log(2 * Math.PI), 10)
    const row = [rbf(0.3, 0), rbf(0.3, 1)]
    const belief = process.predict(Float64Array.from(row), 1)
    expect(belief.mean).toBeCloseTo(form(row, y), 10)
    expect(belief.deviation).toBeCloseTo(Math.sqrt(1 - form(row, row)), 10)
  })

  it('passes through examples without noise and knows nothing far away', () => {
    const points = [-2, -1, 0.5, 3]
    const values = [0.2, -1, 2, 0]
    const process = new GaussianProcess(gram(points), values, 1e-9)
    const at = (x: number): ReturnType<GaussianProcess['predict']> =>
      process.predict(
        Float64Array.from(points, (point) => rbf(x, point)),
        1,
      )
    for (const [i, x] of points.entries()) {
      expect(at(x).mean).toBeCloseTo(values[i], 5)
      expect(at(x).deviation).toBeLessThan(1e-3)
    }
    expect(at(50).mean).toBeCloseTo(0, 8)
    expect(at(50).deviation).toBeCloseTo(1, 8)
  })

  it('finds the noise of the data likelier than other noises', () => {
    const random = randomFor(1, 'noise')
    const points = Array.from({ length: 120 }, (_, i) => i / 10)
    const values = points.map((x) => Math.sin(x) + normal(random, 0, 0.3))
    const likelihoods = [0.003, 0.09, 2].map((noise) => new GaussianProcess(gram(points), values, noise).logLikelihood)
    expect(likelihoods[1]).toBeGreaterThan(likelihoods[0])
    expect(likelihoods[1]).toBeGreaterThan(likelihoods[2])
  })

  it('takes examples that stand twice, which make the matrix singular', () => {
    const process = new GaussianProcess(gram([1, 1, 1]), [0.5, 0.5, 0.5], 0)
    expect(process.predict(Float64Array.of(1, 1, 1), 1).mean).toBeCloseTo(0.5, 5)
  })
})

describe('expected improvement', () => {
  it('is the mean of what a draw is above the best', () => {
    const random = randomFor(2, 'improvement')
    for (const [mean, deviation, best] of [
      [0, 1, 0.5],
      [1, 0.2, 0.5],
      [-1, 0.7, 0],
    ]) {
      let sum = 0
      const draws = 200_000
      for (let i = 0; i < draws; i++) sum += Math.max(0, normal(random, mean, deviation) - best)
      expect(expectedImprovement(mean, deviation, best)).toBeCloseTo(sum / draws, 2)
    }
    expect(expectedImprovement(0.7, 0, 0.5)).toBeCloseTo(0.2, 12)
    expect(expectedImprovement(0.3, 0, 0.5)).toBe(0)
  })
})
