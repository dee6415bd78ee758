import { describe, expect, it } from 'vitest'
import { nasBench201Space } from '../../src/hub/nas-bench-201.ts'
import { spearman } from '../../src/predict/rank-correlation.ts'
import { normalScores } from '../../src/predict/index.ts'
import type { ObservedTrial } from '../../src/proxy/proxy.ts'
import { surrogate } from '../../src/proxy/surrogate.ts'
import { graphMeasures, labelCounts } from '../../src/proxy/surrogates/structure.ts'
import { findSurrogate, surrogates } from '../../src/proxy/surrogates/registry.ts'
import { type Architecture, randomFor } from '../../src/space/index.ts'

const space = nasBench201Space()
const architectures = Array.from({ length: 140 }, (_, i) => space.sample(randomFor(i, 'cell')))
/** Better with more convolutions, worse with more edges that are none. */
const worth = (architecture: Architecture): number => {
  const text = space.print(architecture)
  const count = (word: string): number => text.split(word).length - 1
  return count('nor_conv_3x3') + 0.6 * count('nor_conv_1x1') - 0.5 * count('none')
}

describe('what a surrogate reads of a graph', () => {
  it('is its size, lengths and ways, worked out by hand', () => {
    const graph = {
      labels: ['in', 'a', 'b', 'a', 'out'],
      edges: [
        [0, 1],
        [1, 2],
        [2, 4],
        [0, 4],
        [0, 3],
      ] as const,
    }
    expect(graphMeasures(graph)).toEqual([5, 5, 3, 1, Math.log(3)])
    expect(graphMeasures({ labels: ['in', 'out'], edges: [] })).toEqual([2, 0, -1, -1, 0])
    expect(labelCounts(graph, ['a', 'c'])).toEqual([2, 0])
  })
})

describe('surrogates of the registry', () => {
  for (const entry of surrogates)
    it(`${entry.name} ranks cells that it has not seen, the same for one seed`, () => {
      const known = architectures.slice(0, 70)
      const held = architectures.slice(70)
      const fit = () => entry.make(space)(known, normalScores(known.map(worth)), randomFor(1, 'fit'))
      const judge = fit()
      expect(spearman(held.map(judge), held.map(worth))).toBeGreaterThan(0.7)
      expect(fit()(held[0])).toBe(judge(held[0]))
    })

  it('are found by name', () => {
    expect(() => findSurrogate('gpp')).toThrow(/Did you mean "gp"/)
  })
})

describe('screening by a surrogate', () => {
  for (const direction of ['maximize', 'minimize'] as const) {
    const sign = direction === 'maximize' ? 1 : -1
    const trial = (architecture: Architecture, number: number, final = sign * worth(architecture)): ObservedTrial => ({
      number,
      architecture,
      status: 'finished',
      curve: [],
      final,
      costs: {},
    })
    const context = { space, seed: 3, objective: { metric: 'score', direction } }
    const known = architectures.slice(0, 60).map((architecture, i) => trial(architecture, i))
    const held = architectures.slice(70)

    it(`skips the poorer proposals and hardly a good one (${direction})`, () => {
      const proxy = surrogate.make(context, { surrogate: 'boosting', through: 0 })
      const skipped = held.map((architecture) => proxy.screen?.(architecture, known) !== undefined)
      const order = held.map(worth).toSorted((a, b) => b - a)
      expect(skipped.filter(Boolean).length).toBeGreaterThan(20)
      expect(held.filter((architecture, i) => skipped[i] && worth(architecture) >= order[10]).length).toBe(0)
      const stop = proxy.screen?.(held[skipped.indexOf(true)], known)
      expect(stop?.stop).toMatch(/score is predicted to be about .*poorer 50 %.*Kendall tau of such predictions 0\.\d+/)
      expect(sign * (stop?.prediction?.value ?? Number.NaN)).toBeLessThan(2)
    })

    it(`skips nothing before it knows enough, and nothing while it ranks no better than chance (${direction})`, () => {
      const poor = held.toSorted((a, b) => worth(a) - worth(b))[0]
      const proxy = surrogate.make(context, { surrogate: 'boosting', through: 0 })
      expect(proxy.screen?.(poor, known)).toBeDefined()
      expect(proxy.screen?.(poor, known.slice(0, 14))).toBeUndefined()
      const noise = known.map((one, i) => ({ ...one, final: randomFor(i, 'noise').next() }))
      expect(proxy.screen?.(poor, noise)).toBeUndefined()
      expect(surrogate.make(context, { surrogate: 'boosting', through: 1 }).screen?.(poor, known)).toBeUndefined()
    })
  }
})
