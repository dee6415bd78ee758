import { describe, expect, it } from 'vitest'
import { integer, normal, pick, pickMany, randomFor, shuffle } from '../../src/space/index.ts'

const draws = (count: number, draw: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => draw(i))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('random streams', () => {
  it('depend on all their keys and on nothing else', () => {
    const first = (seed: number, ...keys: (number | string)[]): number => randomFor(seed, ...keys).next()
    expect(first(1, 'a', 2)).toBe(first(1, 'a', 2))
    const others = [first(2, 'a', 2), first(1, 'b', 2), first(1, 'a', 3), first(1, 'a', '2'), first(1, 'a2'), first(1, 'a', 2, 0)]
    expect(new Set([first(1, 'a', 2), ...others]).size).toBe(7)
  })

  it('are uniform within a stream and across streams of neighbouring keys', () => {
    const stream = randomFor(5)
    for (const values of [
      draws(20_000, () => stream.next()),
      draws(20_000, (i) => randomFor(5, i).next()),
      draws(20_000, (i) => randomFor(i, 'x').next()),
    ]) {
      const bins = Array.from({ length: 20 }, () => 0)
      for (const value of values) bins[Math.floor(value * 20)]++
      // Chi-square with 19 degrees of freedom: above 51 once in ten thousand.
      expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(51)
    }
    const pairs = draws(20_000, (i) => (randomFor(9, i).next() - 0.5) * (randomFor(9, i + 1).next() - 0.5) * 12)
    expect(Math.abs(mean(pairs))).toBeLessThan(0.03)
  })

  it('give integers, choices, subsets and orders that are all equally likely', () => {
    const stream = randomFor(1)
    const values = draws(6000, () => integer(stream, -1, 4))
    expect(Math.min(...values)).toBe(-1)
    expect(Math.max(...values)).toBe(4)
    expect(mean(values)).toBeCloseTo(1.5, 1)
    expect(mean(draws(6000, () => (pick(stream, ['a', 'b', 'c']) === 'b' ? 1 : 0)))).toBeCloseTo(1 / 3, 1)
    const orders = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(stream, [1, 2, 3]).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(6)
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(130)
    expect(new Set(pickMany(stream, [1, 2, 3, 4], 3)).size).toBe(3)
    expect(() => pick(stream, [])).toThrow(RangeError)
  })

  it('give normal numbers', () => {
    const stream = randomFor(2)
    const values = draws(20_000, () => normal(stream, 3, 2))
    expect(mean(values)).toBeCloseTo(3, 1)
    expect(Math.sqrt(mean(values.map((value) => (value - 3) ** 2)))).toBeCloseTo(2, 1)
  })
})
