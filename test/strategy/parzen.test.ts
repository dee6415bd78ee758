import { describe, expect, it } from 'vitest'
import { randomFor } from '../../src/space/index.ts'
import { categoryDensity, cellDensity, cellOf, CELLS, normalBelow, UnitDensity } from '../../src/strategy/parzen.ts'

describe('Parzen estimators', () => {
  it('of categories are shares with a uniform prior', () => {
    expect([...categoryDensity({ size: 4, ordered: false }, [3, 0, 1, 0], 1)]).toEqual([3.25 / 5, 0.25 / 5, 1.25 / 5, 0.25 / 5])
  })

  it('of ordered categories speak for the near ones, and sum to one', () => {
    const density = categoryDensity({ size: 5, ordered: true }, [0, 4, 0, 0, 0], 1)
    expect(density.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(density[0]).toBeCloseTo(density[2], 12)
    expect(density[2]).toBeGreaterThan(density[3])
    expect(density[3]).toBeGreaterThan(density[4])
  })

  it.each([[[]], [[0.5]], [[0.01, 0.02, 0.9]], [[0, 0, 1, 1]]])('of real numbers integrate to one and are what is drawn: %j', (units) => {
    const density = new UnitDensity(units, 1)
    const steps = 2000
    const integral = Array.from({ length: steps }, (_, i) => density.at((i + 0.5) / steps)).reduce((a, b) => a + b, 0) / steps
    expect(integral).toBeCloseTo(1, 3)
    const random = randomFor(1)
    const draws = Array.from({ length: 20_000 }, () => density.draw(random))
    for (const [from, to] of [
      [0, 0.1],
      [0.1, 0.6],
      [0.6, 1],
    ]) {
      const share = draws.filter((unit) => unit >= from && unit < to).length / draws.length
      const inside = Array.from({ length: steps }, (_, i) => density.at(from + ((to - from) * (i + 0.5)) / steps))
      expect(Math.abs(share - (inside.reduce((a, b) => a + b, 0) / steps) * (to - from))).toBeLessThan(0.015)
    }
  })

  it('of cells integrate to one, and follow what was counted', () => {
    const counts = new Float64Array(CELLS)
    counts[cellOf(0.1)] = 900
    counts[cellOf(1)] = 100
    const density = cellDensity(counts, 1)
    expect(density.reduce((a, b) => a + b, 0) / CELLS).toBeCloseTo(1, 12)
    expect(density[cellOf(0.1)]).toBeGreaterThan(density[cellOf(1)])
    expect(density[cellOf(1)]).toBeGreaterThan(density[cellOf(0.5)])
  })

  it('know the normal distribution', () => {
    expect(normalBelow(0)).toBeCloseTo(0.5, 6)
    expect(normalBelow(1.959964)).toBeCloseTo(0.975, 6)
    expect(normalBelow(-1)).toBeCloseTo(0.158655, 6)
  })
})
