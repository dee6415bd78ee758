import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBins } from '../../src/model/charts/histogram.ts'
import { linearScale, logScale, niceTicks } from '../../src/model/charts/scale.ts'
import { networkBlocks } from '../../src/model/report/blocks.ts'
import { duration, percent, quantity } from '../../src/model/report/format.ts'
import { escapeHtml, html } from '../../src/model/report/html.ts'
import { paretoFront, wilsonInterval } from '../../src/model/report/statistics.ts'
import { outOf } from '../../src/model/report/summary.ts'
import { conv, dense, networkOf, norm, act, picture } from './fixtures.ts'

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('scales', () => {
  it('hold every value between their ends, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (values) => {
        const scale = linearScale(values, [10, 200])
        for (const value of values) {
          expect(scale.at(value)).toBeGreaterThanOrEqual(10 - 1e-6)
          expect(scale.at(value)).toBeLessThanOrEqual(200 + 1e-6)
        }
        expect(scale.ticks.length).toBeLessThan(15)
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
        const scale = logScale(values, [0, 100])
        for (const value of values) expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-6)
        for (const value of values) expect(scale.at(value)).toBeLessThanOrEqual(100 + 1e-6)
        expect(scale.ticks.length).toBeGreaterThan(0)
      }),
    )
  })

  it('have round ticks', () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10])
    expect(niceTicks(0.61, 0.93, 5)).toEqual([0.6, 0.7, 0.8, 0.9, 1])
    expect(niceTicks(1, 2, 6, 1)).toEqual([1, 2])
    expect(niceTicks(1, 14, 6, 1)).toEqual([0, 5, 10, 15])
  })

  it('bin every value once', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 200 }), (values) => {
        expect(countBins(values).reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
      }),
    )
  })
})

describe('figures', () => {
  it('Wilson’s interval ends where the share seen is 1.96 deviations from the true one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, share) => {
        const hits = Math.round(share * count)
        const interval = wilsonInterval(hits, count)
        for (const end of interval) {
          if (end === 0 || end === 1) continue
          expect(Math.abs(hits / count - end) / Math.sqrt((end * (1 - end)) / count)).toBeCloseTo(1.959964, 5)
        }
        expect(interval[0]).toBeLessThanOrEqual(hits / count + 1e-12)
        expect(interval[1]).toBeGreaterThanOrEqual(hits / count - 1e-12)
      }),
    )
    expect(wilsonInterval(0, 20)[0]).toBe(0)
    expect(wilsonInterval(20, 20)[1]).toBe(1)
  })

  it('a Pareto front holds what nothing beats, and all of it', () => {
    const point = fc.record({ cost: fc.integer({ min: 1, max: 20 }), value: fc.integer({ min: 1, max: 20 }) })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 40 }), (points) => {
        const front = paretoFront(
          points,
          ({ cost }) => cost,
          ({ value }) => value,
        )
        const beats = (a: (typeof points)[number], b: (typeof points)[number]): boolean =>
          a.cost <= b.cost && a.value >= b.value && (a.cost < b.cost || a.value > b.value)
        for (const one of points) {
          const beaten = points.some((other) => beats(other, one))
          expect(front.some(({ cost, value }) => cost === one.cost && value === one.value)).toBe(!beaten)
        }
      }),
    )
  })

  it('read as people say them', () => {
    expect(outOf(0.93, 10_000)).toEqual({ hits: 93, of: 100 })
    expect(outOf(0.9962, 10_000)).toEqual({ hits: 996, of: 1000 })
    expect(outOf(0.99, 270)).toEqual({ hits: 267, of: 270 })
    expect(outOf(1, 270)).toEqual({ hits: 270, of: 270 })
    expect(outOf(0.5, 30)).toEqual({ hits: 15, of: 30 })
    expect(percent(0.9996)).toBe('99.96\u00a0%')
    expect(percent(1)).toBe('100\u00a0%')
    expect(quantity(1_234_567)).toBe('1.23\u00a0M')
    expect(quantity(999_999)).toBe('1\u00a0M')
    expect(duration(59.7)).toBe('1 min 0 s')
    expect(duration(7384)).toBe('2 h 3 min')
  })

  it('are escaped in every place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { html: made } = html`<p title="${text}">${text}</p>`
        expect(made).toBe(`<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`)
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]/)
      }),
    )
  })
})

describe('blocks of a diagram', () => {
  it('join normalisation and activation to their layer, and keep every parameter and path of data', () => {
    const network = picture()
    const { blocks, edges } = networkBlocks(network)
    const stem = blocks.find(({ id }) => id === 'stem')!
    expect(stem.extras.join(', ')).toMatch(/batch norm \+ ReLU/)
    expect(blocks.length).toBeLessThan(network.nodes.length)
    for (const { from, to } of edges) for (const id of [from, to]) expect(blocks.some((block) => block.id === id)).toBe(true)
    // Whatever is not the input is reached from it.
    const reached = new Set(['input'])
    for (const _ of blocks) for (const { from, to } of edges) if (reached.has(from)) reached.add(to)
    expect(reached.size).toBe(blocks.length)
  })

  it('tell what comes before a layer from what comes after', () => {
    const { blocks } = networkBlocks(
      networkOf({ shape: [2, 8, 8] }, 2, [
        ['stem', conv(4)],
        ['add', { kind: 'add' }, ['stem', 'stem']],
        ['r', act()],
        ['c', conv(4)],
        ['n', norm],
        ['sum', { kind: 'add' }, ['n', 'add']],
        ['g', { kind: 'global-average-pool' }],
        ['d', dense(2)],
      ]),
    )
    expect(blocks.find(({ id }) => id === 'c')?.extras).toEqual(['after ReLU', '+ batch norm'])
  })

  it('become parts when there are too many', () => {
    const nodes = Array.from({ length: 120 }, (_, i) => [`stage${Math.floor(i / 20)}/${i % 20}/op`, conv(4)] as const)
    const { blocks, edges } = networkBlocks(
      networkOf({ shape: [4, 4, 4] }, 2, [...nodes, ['g', { kind: 'global-average-pool' }], ['d', dense(2)]]),
    )
    expect(blocks.map(({ id }) => id)).toEqual(['input', 'stage0', 'stage1', 'stage2', 'stage3', 'stage4', 'stage5', 'g', 'd'])
    expect(edges).toHaveLength(8)
    expect(blocks[1]).toMatchObject({ layers: 20, extras: ['20 convolutions'] })
  })
})
