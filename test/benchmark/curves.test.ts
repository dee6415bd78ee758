import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { compareStoppers } from '../../src/benchmark/curve-stoppers.ts'
import type { CurveSet } from '../../src/benchmark/curve-set.ts'
import { predictionRows, stopperRows } from '../../src/benchmark/curves-words.ts'
import { runCurves } from '../../src/benchmark/node/index.ts'
import { randomFor } from '../../src/space/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-curves-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'nas-bench-nlp-curves'))
const records = Array.from({ length: 30 }, (_, i) => {
  const random = randomFor(i, 'record')
  const end = 4 + random.next()
  const losses = Array.from({ length: 20 }, (__, epoch) => end + 2 / (1 + epoch) + 0.01 * random.next())
  return JSON.stringify({ status: 'OK', params: 1000 + i, cell: { a: { op: 'linear' } }, val_losses: losses })
})
const diverged = '{"status": "loss is nan!", "params": 1, "cell": {}, "val_losses": [7.1, NaN]}'
writeFileSync(join(folder, 'nas-bench-nlp-curves', 'wikitext-2-curves.jsonl.gz'), gzipSync([...records, diverged].join('\n')))

describe('bench curves', () => {
  it('gives the same figures again, leaves out curves without an end, and says them in words', async () => {
    const notes: string[] = []
    const options = {
      data: folder,
      predictors: ['last-seen', 'median', 'freeze-thaw', 'ridge'],
      quick: true,
      onNote: (note: string) => notes.push(note),
    }
    const [a, b] = [await runCurves(options), await runCurves(options)]
    const withoutTime = (result: typeof a) =>
      result.sets.map((set) => ({ ...set, predictions: set.predictions.map((one) => ({ ...one, milliseconds: 0 })) }))
    expect(withoutTime(a)).toEqual(withoutTime(b))
    expect(notes[0]).toMatch(/1 curves have no end/)
    const [set] = a.sets
    expect([set.curves, set.epochs, set.direction]).toEqual([30, 20, 'minimize'])
    expect(set.predictions.length).toBe(9)
    const of = (name: string) => set.predictions.find(({ predictor, share }) => predictor === name && share === 0.2)
    expect(of('ridge')?.error).toBeLessThan(of('last-seen')?.error ?? 0)
    expect(set.stoppers.map(({ stopper }) => stopper)).toEqual(['last-seen', 'median', 'freeze-thaw', 'ridge'])
    expect(predictionRows(set).rows.map(([name]) => name)).toEqual(['last-seen', 'freeze-thaw', 'ridge'])
    expect(stopperRows(set).rows.length).toBe(4)
  })

  it('counts the epochs that a stopper saves, and what it misses, worked out by hand', () => {
    const set: CurveSet = {
      name: 'three',
      summary: '',
      objective: { metric: 'accuracy', direction: 'maximize' },
      shares: [0.25, 0.5, 0.75, 1],
      curves: [0.5, 0.8, 1].map((end) => ({ values: [0, 0, 0, end], costs: {} })),
      left: 0,
    }
    // Stops everything after two of four epochs but what ends with 0.8.
    const stopper = () => ({
      judge: (trial: { readonly curve: readonly unknown[]; readonly number: number }) =>
        trial.curve.length < 2 || order[trial.number] === 0.8 ? ('continue' as const) : { stop: '' },
    })
    let order: readonly number[] = []
    const named = (ends: boolean) => ({ name: 'x', ends, stopper: () => stopper() })
    // Which network a number is depends on the order: every one is tried until the middle one comes first.
    for (order of [
      [0.8, 0, 0],
      [0, 0.8, 0],
      [0, 0, 0.8],
    ]) {
      const [result] = compareStoppers(set, [named(false)], { orderings: 1, seed: 0 })
      expect(result.saved).toBeCloseTo(1 - 8 / 12, 12)
      expect(result.whole).toBeCloseTo(1 / 3, 12)
    }
  })

  it('says what is missing, in one sentence with the mend', async () => {
    await expect(runCurves({ data: join(folder, 'none') })).rejects.toThrow(/There is no folder .*--data or NASCENT_DATA.*NAS-Bench-NLP/)
    await expect(runCurves({ data: join(folder, 'nas-bench-nlp-curves') })).rejects.toThrow(/There are no learning curves in/)
    await expect(runCurves({ data: folder, predictors: ['rigde'] })).rejects.toThrow(/"rigde"\. Did you mean "ridge"/)
  })
})
