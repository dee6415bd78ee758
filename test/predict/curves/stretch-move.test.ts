import { describe, expect, it } from 'vitest'
import { type SampledDensity, stretchAll } from '../../../src/predict/curves/stretch-move.ts'
import { normal, randomFor } from '../../../src/space/index.ts'

/** Mean and covariance of what walkers pass through. */
function moments(
  target: SampledDensity,
  start: readonly Float64Array[],
  rounds: number,
): { readonly mean: number[]; readonly covariance: number[][]; readonly accepted: number } {
  const random = randomFor(3, 'walk')
  const densities = Float64Array.from(start, (position, walker) => target.density(position, walker, 0))
  const seen: number[][] = []
  let accepted = 0
  for (let round = 0; round < rounds; round++) {
    accepted += stretchAll({ positions: start, densities }, target, random) / rounds
    if (round >= rounds / 5) for (const position of start) seen.push([...position])
  }
  const mean = seen[0].map((_, i) => seen.reduce((sum, one) => sum + one[i], 0) / seen.length)
  const covariance = mean.map((_, i) =>
    mean.map((__, j) => seen.reduce((sum, one) => sum + (one[i] - mean[i]) * (one[j] - mean[j]), 0) / seen.length),
  )
  return { mean, covariance, accepted }
}

const start = (walkers: number, places: number): Float64Array[] => {
  const random = randomFor(1, 'start')
  return Array.from({ length: walkers }, () => Float64Array.from({ length: places }, () => normal(random)))
}

/** Normal, with deviations 1 and 100 and a correlation of 0.9, around (2, −50). */
const slanted = ([x, y]: Float64Array): number => {
  const [a, b] = [x - 2, (y + 50) / 100]
  return -(a * a - 1.8 * a * b + b * b) / (2 * (1 - 0.81))
}

describe('the stretch move', () => {
  for (const [name, blocks] of [
    ['all places together', [[0, 1]]],
    ['a place at a time', [[0], [1]]],
  ] as const)
    it(`finds a slanted normal distribution, ${name}`, () => {
      const { mean, covariance, accepted } = moments({ blocks, density: slanted }, start(20, 2), 4000)
      expect(Math.abs(mean[0] - 2)).toBeLessThan(0.1)
      expect(Math.abs(mean[1] + 50)).toBeLessThan(10)
      expect(covariance[0][0]).toBeGreaterThan(0.85)
      expect(covariance[0][0]).toBeLessThan(1.15)
      expect(covariance[0][1] / Math.sqrt(covariance[0][0] * covariance[1][1])).toBeCloseTo(0.9, 1)
      expect(Math.sqrt(covariance[1][1]) / 100).toBeCloseTo(1, 1)
      expect(accepted).toBeGreaterThan(0.3)
    })

  it('stays within bounds: an exponential distribution has mean 1', () => {
    const density = ([x]: Float64Array): number => (x < 0 ? -Infinity : -x)
    const positions = start(16, 1).map((position) => position.map(Math.abs))
    const { mean, covariance } = moments({ blocks: [[0]], density }, positions, 4000)
    expect(Math.abs(mean[0] - 1)).toBeLessThan(0.06)
    expect(Math.abs(covariance[0][0] - 1)).toBeLessThan(0.2)
    expect(positions.every(([x]) => x >= 0)).toBe(true)
  })
})
