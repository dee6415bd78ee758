import { describe, expect, it } from 'vitest'
import { randomFor } from '../../src/space/index.ts'
import { crowdingOf, dominates, frontsOf, paretoFront, scoresOf } from '../../src/strategy/pareto.ts'

const points = (count: number, objectives: number): number[][] => {
  const random = randomFor(1, count, objectives)
  return Array.from({ length: count }, () => Array.from({ length: objectives }, () => Math.floor(10 * random.next())))
}

describe('the Pareto front', () => {
  it('signs each objective by its direction, and knows no trial without all of them', () => {
    const objectives = [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'flops', direction: 'minimize' },
    ] as const
    expect(scoresOf(objectives, { status: 'finished', metrics: { accuracy: 0.9, flops: 5 } })).toEqual([0.9, -5])
    expect(scoresOf(objectives, { status: 'finished', metrics: { accuracy: 0.9 } })).toBeUndefined()
    expect(scoresOf(objectives, { status: 'failed', metrics: { accuracy: 0.9, flops: 5 } })).toBeUndefined()
  })

  it('holds what is nowhere worse and somewhere better', () => {
    expect(dominates([1, 2], [1, 1])).toBe(true)
    expect(dominates([1, 1], [1, 1])).toBe(false)
    expect(dominates([2, 0], [1, 1])).toBe(false)
    expect(paretoFront([])).toEqual([])
    expect(
      paretoFront([
        [3, 1],
        [1, 3],
        [2, 2],
        [1, 1],
        [2, 2],
      ]),
    ).toEqual([0, 1, 2, 4])
  })

  it.each([1, 2, 3])('sorts into fronts as peeling one after the other does, with %i objectives', (objectives) => {
    const all = points(120, objectives)
    const peeled = all.map(() => -1)
    for (let front = 0, left = all.map((_, i) => i); left.length > 0; front++) {
      const best = paretoFront(left.map((i) => all[i])).map((k) => left[k])
      for (const i of best) peeled[i] = front
      left = left.filter((i) => peeled[i] < 0)
    }
    expect(frontsOf(all)).toEqual(peeled)
  })

  it('measures crowding by the neighbours on both sides, each objective as a share of its range', () => {
    // Sorted by the first: 0, 1, 4, 10; by the second the other way round: 20, 16, 5, 0.
    const distances = crowdingOf([
      [0, 20],
      [4, 5],
      [1, 16],
      [10, 0],
    ])
    expect(distances[0]).toBe(Infinity)
    expect(distances[3]).toBe(Infinity)
    expect(distances[1]).toBeCloseTo(9 / 10 + 16 / 20, 12)
    expect(distances[2]).toBeCloseTo(4 / 10 + 15 / 20, 12)
  })
})
