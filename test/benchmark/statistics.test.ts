import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { confidence, mannWhitney, spreadOf, upperTail } from '../../src/benchmark/statistics.ts'

const relative = (value: number, expected: number): number => Math.abs(value / expected - 1)

describe('the normal distribution', () => {
  it.each([
    // scipy.stats.norm.sf of SciPy 1.17.1.
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1, 0.15865525393145707],
    [1.96, 0.024997895148220435],
    [2.999, 0.0013543365337271057],
    [3.001, 0.0013454728250849653],
    [5, 2.866515718791933e-7],
    [10, 7.61985302416047e-24],
    [30, 4.906713927147908e-198],
    [-2, 0.9772498680518208],
  ])('has above %d the probability that SciPy gives', (z, expected) => {
    expect(relative(upperTail(z), expected)).toBeLessThan(1e-11)
  })
})

describe('Mann and Whitney’s test', () => {
  const range = (count: number, value: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => value(i))

  it.each([
    // scipy.stats.mannwhitneyu(a, b, alternative='greater', method='asymptotic') of SciPy 1.17.1; the first two with ties.
    [[3.1, 2.2, 5.5, 4.4, 4.4, 6.1, 7.3, 2.2, 8.8, 9.0, 4.4], [1.0, 2.2, 2.2, 3.3, 4.4, 0.5, 1.7, 2.9, 3.1], 0.0036775380852798758],
    [[1.0, 2.2, 2.2, 3.3, 4.4, 0.5, 1.7, 2.9, 3.1], [3.1, 2.2, 5.5, 4.4, 4.4, 6.1, 7.3, 2.2, 8.8, 9.0, 4.4], 0.997082439180492],
    [range(100, (i) => (i * 7) % 101), range(80, (i) => ((i * 13) % 101) - 30), 1.6346813294607501e-9],
    [range(200, (i) => i + 1000), range(200, (i) => i), 2.4154281951986995e-67],
  ])('gives the p-value of SciPy (case %#)', (a, b, expected) => {
    expect(relative(mannWhitney(a, b), expected)).toBeLessThan(1e-9)
  })

  it('says nothing where there is nothing to say', () => {
    expect(mannWhitney([1, 1, 1], [1, 1])).toBe(1)
    expect(mannWhitney([], [1])).toBeNaN()
  })

  it('looks at the order alone', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 30 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        const cubes = (list: readonly number[]): number[] => list.map((value) => value ** 3)
        expect(mannWhitney(cubes(a), cubes(b))).toBe(mannWhitney(a, b))
      }),
    )
  })
})

describe('a spread', () => {
  it('is that of a sample, of finite values', () => {
    const { mean, std, n } = spreadOf([2, 4, Number.NaN, 4, 4, 5, 5, 7, 9])
    expect([mean, n]).toEqual([5, 8])
    expect(std).toBeCloseTo(Math.sqrt(32 / 7), 12)
    expect(confidence({ mean, std, n })).toBeCloseTo((1.959964 * Math.sqrt(32 / 7)) / Math.sqrt(8), 12)
    expect(spreadOf([3])).toEqual({ mean: 3, std: Number.NaN, n: 1 })
    expect(spreadOf([])).toEqual({ mean: Number.NaN, std: Number.NaN, n: 0 })
  })
})
