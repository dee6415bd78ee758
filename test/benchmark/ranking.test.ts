import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kendall, ranksOf, spearman } from '../../src/predict/rank-correlation.ts'
import { agreementOf } from '../../src/benchmark/ranking.ts'
import { runRanking } from '../../src/benchmark/node/index.ts'
import { tinyFolder } from './tiny.ts'

const { at } = tinyFolder()

describe('rank correlations', () => {
  // The values of scipy.stats.kendalltau (tau-b) and spearmanr.
  it('are those of known examples, with ties and without', () => {
    const [a, b] = [
      [12, 2, 1, 12, 2],
      [1, 4, 7, 1, 0],
    ]
    expect(kendall(a, b)).toBeCloseTo(-0.4714045, 6)
    expect(ranksOf(a)).toEqual([4.5, 2.5, 1, 4.5, 2.5])
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207827, 6)
    expect(kendall([1, 2, 3, 4], [1, 2, 4, 3])).toBeCloseTo(4 / 6)
    expect(kendall([1, 2, 3], [3, 2, 1])).toBe(-1)
    expect(kendall([1, 2, 3], [1, 1, 1])).toBeNaN()
  })

  it('come with the regret of what the scores pick', () => {
    expect(agreementOf([0.9, 0.8, 0.95], [0.5, 0.7, 0.6], 'maximize').regret).toBeCloseTo(0.15)
    expect(agreementOf([0.9, 0.8, 0.95], [0.5, 0.4, 0.6], 'minimize')).toEqual({ kendall: 1, spearman: 1, regret: 0 })
  })
})

describe('bench ranking', () => {
  const usual = { data: 'digits', space: 'nas-bench-201:channels=4', architectures: 4, seconds: 6, epochs: 1, threads: 1 } as const

  it('trains networks by themselves once, and judges them with the weights of each method', async () => {
    const truths = at('truths.json')
    const result = await runRanking({ ...usual, methods: ['spos'], truths })
    expect(result.architectures).toHaveLength(4)
    for (const { truth } of result.architectures) expect(truth).toBeGreaterThan(0.05)
    const [{ scores, kendall: tau, regret, steps }] = result.methods
    expect(steps).toBeGreaterThan(20)
    expect(scores.every((score) => score > 0.05 && score <= 1)).toBe(true)
    expect(Math.abs(tau)).toBeLessThanOrEqual(1)
    expect(regret).toBeGreaterThanOrEqual(0)
    expect(existsSync(truths)).toBe(true)
    const kept = JSON.parse(readFileSync(truths, 'utf8')) as { truths: Record<string, number> }
    expect(Object.values(kept.truths)).toEqual(result.architectures.map(({ truth }) => truth))
    await expect(runRanking({ ...usual, methods: ['spos'], truths, epochs: 2 })).rejects.toThrow(/epochs 1, not 2/)
  }, 60_000)

  it('says what there is not', async () => {
    await expect(runRanking({ ...usual, methods: ['nobody'] })).rejects.toThrow(/no weight-sharing method "nobody"/)
  })
})
