import { describe, expect, it } from 'vitest'
import type { TrialRow } from '../../src/search/events.ts'
import { savingsOf } from '../../src/search/savings.ts'
import { configOf } from './fakes.ts'

const config = configOf({ proxies: [{ name: 'asha', options: {} }] })
const row = (number: number, values: readonly number[], more: Partial<TrialRow> = {}): TrialRow => ({
  number,
  attempt: 1,
  architecture: `a${number}`,
  decisions: {},
  status: 'finished',
  metrics: { accuracy: values[values.length - 1] },
  epochs: values.length,
  curve: values.map((accuracy, i) => ({
    epoch: i + 1,
    step: i + 1,
    share: (i + 1) / 4,
    trainLoss: 1,
    validLoss: 1,
    metrics: { accuracy },
    seconds: 2,
  })),
  parents: [],
  origin: 'random',
  startedAt: '',
  ...more,
})
const whole = [0.5, 0.55, 0.6, 0.65, 0.7].map((value, i) => row(i, [value, value, value, value + (i % 2 === 0 ? 0.1 : 0.2)]))

describe('what proxies saved', () => {
  it('is the training that was not done, at the pace of each trial', () => {
    const stopped = row(5, [0.3], { status: 'stopped', stoppedBy: 'asha', saved: { share: 0.75, seconds: 6 } })
    const skipped = row(6, [], { status: 'stopped', stoppedBy: 'surrogate', metrics: {}, saved: { share: 1 } })
    const savings = savingsOf(config, [...whole, stopped])
    expect(savings).toMatchObject({ stopped: 1, skipped: 0, seconds: 6 })
    expect(savings?.share).toBeCloseTo(0.75 / 6, 9)
    // A trial takes 8 s here.
    expect(savingsOf(config, [...whole, stopped, skipped])).toMatchObject({ stopped: 1, skipped: 1, seconds: 14 })
    expect(savingsOf(config, whole)).toBeUndefined()
    const cut = row(7, [0.3], { status: 'stopped', stoppedBy: 'budget' })
    expect(savingsOf(config, [...whole, cut])).toBeUndefined()
  })

  it('may have cost good trials, by how whole ones came out', () => {
    const stopped = (value: number): TrialRow =>
      row(5, [value], { status: 'stopped', stoppedBy: 'asha', saved: { share: 0.75, seconds: 6 } })
    // Ends are value + 0.1 or + 0.2; the best is 0.85. By hand: the line is final = value + 0.14, the residuals ±0.04, ±0.06.
    const spread = Math.sqrt((3 * 0.04 ** 2 + 2 * 0.06 ** 2) / 5)
    expect(spread).toBeCloseTo(0.04899, 5)
    expect(savingsOf(config, [...whole, stopped(0.3)])?.lost).toBeLessThan(1e-6)
    // 0.71 + 0.14 is the best itself: as likely better as worse.
    expect(savingsOf(config, [...whole, stopped(0.71)])?.lost).toBeCloseTo(0.5, 1)
    expect(savingsOf(config, [...whole.slice(0, 4), stopped(0.3)])?.lost).toBeUndefined()
  })

  it('may have cost good trials, by what the proxy predicted', () => {
    const prediction = { value: 0.8, deviation: 0.05 }
    const stopped = row(5, [0.3], { status: 'stopped', stoppedBy: 'curve', prediction, saved: { share: 0.75, seconds: 6 } })
    // The best is 0.85 among these: one deviation above.
    expect(savingsOf(config, [whole[0], whole[3], stopped])?.lost).toBeCloseTo(0.158655, 5)
  })
})
