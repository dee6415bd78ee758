import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choice, conv, dense, float, globalPool, identity, int, randomFor, repeat, sequence, space } from '../../src/space/index.ts'
import { smallSpaces } from './trees.ts'

describe('uniform sampling', () => {
  it('enters a branch as often as it has architectures', () => {
    const made = space(
      'made',
      sequence(
        choice('op', { many: conv(int('width', 1, 19), 1), one: identity() }),
        repeat('depth', [0, 2], choice('kernel', { a: conv(8, 1), b: conv(8, 3) })),
        globalPool(),
        dense('classes'),
      ),
      { hyperparameters: { learningRate: float('learningRate', 0.1, 1) } },
    )
    const draws = Array.from({ length: 7000 }, (_, i) => made.sampleUniform(randomFor(i)))
    const share = (of: (architecture: (typeof draws)[number]) => boolean): number => draws.filter(of).length / draws.length
    expect(share(({ op }) => op === 'one')).toBeCloseTo(1 / 20, 1)
    expect(Math.abs(share(({ op }) => op === 'one') - 1 / 20)).toBeLessThan(0.01)
    expect(Math.abs(share(({ depth }) => depth === 2) - 4 / 7)).toBeLessThan(0.02)
    expect(new Set(draws.map(({ learningRate }) => learningRate)).size).toBeGreaterThan(1000)
  })

  it('draws every architecture of any space equally often', () => {
    fc.assert(
      fc.property(smallSpaces(60n), (made) => {
        const all = Array.from(made.enumerate(), (architecture) => made.print(architecture))
        const counts = new Map(all.map((text) => [text, 0]))
        const each = 40
        for (let i = 0; i < each * all.length; i++) {
          const drawn = made.sampleUniform(randomFor(9, i))
          expect(made.check(drawn)).toEqual([])
          const text = made.print(drawn)
          counts.set(text, (counts.get(text) as number) + 1)
        }
        // Chi-squared, some five standard deviations wide.
        const excess = [...counts.values()].reduce((sum, count) => sum + (count - each) ** 2 / each, 0)
        const freedom = all.length - 1
        expect(excess).toBeLessThan(freedom + 5 * Math.sqrt(2 * Math.max(1, freedom)) + 8)
        expect(counts.size).toBe(all.length)
      }),
      { numRuns: 60, seed: 3 },
    )
  })
})
