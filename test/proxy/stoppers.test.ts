import { describe, expect, it } from 'vitest'
import { corrected } from '../../src/proxy/corrected.ts'
import { curve } from '../../src/proxy/curve.ts'
import { freezeThaw } from '../../src/proxy/freeze-thaw.ts'
import { median } from '../../src/proxy/median.ts'
import { reached } from '../../src/proxy/observed.ts'
import { patience } from '../../src/proxy/patience.ts'
import type { ObservedTrial, ProxyEntry, Verdict } from '../../src/proxy/proxy.ts'
import { lastFit } from '../../src/proxy/refits.ts'
import { regression } from '../../src/proxy/regression.ts'
import { threshold } from '../../src/proxy/threshold.ts'
import { normal, randomFor } from '../../src/space/index.ts'
import { tiny } from '../benchmark/tiny-space.ts'

type Direction = 'maximize' | 'minimize'
const architecture = tiny.sample(randomFor(0, 'any'))

/** A trial with points after each tenth of its training; with all ten it is whole. */
function trial(number: number, values: readonly number[], costs: ObservedTrial['costs'] = {}): ObservedTrial {
  const curvePoints = values.map((value, i) => ({ share: (i + 1) / 10, value }))
  const final = values.length === 10 ? values[9] : undefined
  return { number, architecture, status: final === undefined ? 'running' : 'finished', curve: curvePoints, final, costs }
}

const turned = (one: ObservedTrial, sign: 1 | -1): ObservedTrial => ({
  ...one,
  curve: one.curve.map(({ share, value }) => ({ share, value: sign * value })),
  final: one.final === undefined ? undefined : sign * one.final,
})

/** The verdict for values of which more is better; for the other direction all are turned, and the verdict must be the same. */
function judged(
  entry: ProxyEntry,
  options: Record<string, number | string | boolean>,
  one: ObservedTrial,
  others: readonly ObservedTrial[],
): Verdict {
  const verdicts = (['maximize', 'minimize'] as const).map((direction: Direction) => {
    const sign = direction === 'maximize' ? 1 : -1
    const proxy = entry.make({ space: tiny, seed: 1, objective: { metric: 'accuracy', direction } }, options)
    return proxy.judge?.(
      turned(one, sign),
      others.map((other) => turned(other, sign)),
    ) as Verdict
  })
  expect(verdicts.map((verdict) => verdict === 'continue')).toEqual([verdicts[0] === 'continue', verdicts[0] === 'continue'])
  const [up, down] = verdicts
  if (up !== 'continue' && down !== 'continue' && up.prediction) expect(down.prediction?.value).toBeCloseTo(-up.prediction.value, 6)
  return up
}

const stops = (verdict: Verdict): boolean => verdict !== 'continue'

/** A curve that comes to an end, a tenth after a tenth. */
const coming = (end: number, points = 10, noise = 0, seed = 0): number[] => {
  const random = randomFor(seed, 'coming', Math.round(end * 1000))
  return Array.from({ length: points }, (_, i) => end * (1 - 0.6 ** (i + 1)) + normal(random, 0, noise))
}

describe('when slow judges look', () => {
  it('at the first point at or behind each step, never at the end', () => {
    const at = (...shares: number[]): ObservedTrial => ({ ...trial(0, []), curve: shares.map((share) => ({ share, value: 1 })) })
    expect(reached(at(), 0.1)).toBe(false)
    expect(reached(at(0.05), 0.1)).toBe(false)
    expect(reached(at(0.05, 0.1), 0.1)).toBe(true)
    expect(reached(at(0.1, 0.15), 0.1)).toBe(false)
    expect(reached(at(0.15, 0.35), 0.1)).toBe(true)
    expect(reached(at(0.2, 0.1 + 0.2), 0.1)).toBe(true)
    expect(reached(at(0.9, 1), 0.1)).toBe(false)
  })

  it('models are fitted anew for each tenth more', () => {
    expect([1, 4, 5, 6, 19, 20, 21, 22, 23, 24].map((count) => lastFit(count, 5))).toEqual([1, 4, 5, 6, 19, 20, 20, 22, 22, 24])
  })
})

describe('the median rule', () => {
  // Running means until the third point: 0.2, 0.3, 0.4, 0.5, 0.6; their median is 0.4.
  const others = [0.2, 0.3, 0.4, 0.5, 0.6].map((mean, number) => trial(number, [mean - 0.1, mean, mean + 0.1, 0.9]))

  it('stops a trial whose best value is below the median of running means, worked out by hand', () => {
    expect(stops(judged(median, {}, trial(9, [0.1, 0.39, 0.2]), others))).toBe(true)
    expect(stops(judged(median, {}, trial(9, [0.1, 0.41, 0.2]), others))).toBe(false)
    const verdict = judged(median, {}, trial(9, [0.1, 0.39, 0.2]), others)
    expect(verdict !== 'continue' && verdict.stop).toMatch(/0\.39.*0\.4.*median/)
  })

  it('waits for enough others that have come as far, failed ones not counted', () => {
    expect(stops(judged(median, { starts: 6 }, trial(9, [0, 0, 0]), others))).toBe(false)
    expect(stops(judged(median, {}, trial(9, [0, 0, 0]), [...others.slice(1), { ...others[0], status: 'failed' }]))).toBe(false)
    expect(stops(judged(median, {}, trial(9, [0, 0, 0, 0, 0]), others))).toBe(false)
    expect(stops(judged(median, { from: 0.35 }, trial(9, [0, 0, 0]), others))).toBe(false)
  })
})

describe('the threshold', () => {
  it('stops what has not reached a value in time', () => {
    expect(stops(judged(threshold, { at: 0.3, factor: 0.5 }, trial(1, [0.1, 0.2]), [trial(0, coming(0.8))]))).toBe(false)
    const make = (direction: Direction) =>
      threshold.make({ space: tiny, seed: 0, objective: { metric: 'm', direction } }, { value: 0.5, at: 0.2 })
    expect(make('maximize').judge?.(trial(0, [0.1, 0.4]), [])).toMatchObject({ stop: expect.stringContaining('0.4') as string })
    expect(make('maximize').judge?.(trial(0, [0.6, 0.4]), [])).toBe('continue')
    expect(make('minimize').judge?.(trial(0, [0.9, 0.6]), [])).toMatchObject({ stop: expect.stringContaining('0.6') as string })
    expect(make('minimize').judge?.(trial(0, [0.9, 0.4]), [])).toBe('continue')
  })

  it('without a value wants a share of the best whole training', () => {
    const best = [trial(0, [...coming(0.8, 9), 0.8])]
    const up = threshold.make({ space: tiny, seed: 0, objective: { metric: 'm', direction: 'maximize' } }, { factor: 0.5, at: 0.2 })
    expect([0.39, 0.41].map((value) => up.judge?.(trial(1, [0, value]), best) === 'continue')).toEqual([false, true])
    const down = threshold.make({ space: tiny, seed: 0, objective: { metric: 'm', direction: 'minimize' } }, { factor: 0.5, at: 0.2 })
    expect([1.61, 1.59].map((value) => down.judge?.(trial(1, [3, value]), best) === 'continue')).toEqual([false, true])
    expect(up.judge?.(trial(1, [0, 0]), [])).toBe('continue')
  })
})

describe('patience', () => {
  it('ends a trial that has not become better for long enough, and expects its best value', () => {
    const flat = trial(0, [0.5, 0.8, 0.8, 0.79])
    expect(stops(judged(patience, { patience: 0.3 }, flat, []))).toBe(false)
    const verdict = judged(patience, { patience: 0.2 }, flat, [])
    expect(verdict).toMatchObject({ prediction: { value: 0.8 } })
    expect(stops(judged(patience, { patience: 0.2, delta: 0.001 }, trial(0, [0.5, 0.8, 0.8, 0.82]), []))).toBe(false)
    expect(stops(judged(patience, { patience: 0.2, delta: 0.1 }, trial(0, [0.5, 0.8, 0.8, 0.82]), []))).toBe(true)
  })
})

/** Whole trainings with ends from 0.5 to 0.8. */
const whole = Array.from({ length: 24 }, (_, i) =>
  trial(i, coming(0.5 + (0.3 * ((i * 7) % 24)) / 23, 10, 0.003, i), { flops: 1e6 * (1 + i) }),
)

describe('stoppers by the probability of beating the best', () => {
  for (const entry of [curve, freezeThaw, regression]) {
    it(`${entry.name} stops what will end far below the best, and nothing that will be the best`, () => {
      const poor = judged(entry, {}, trial(30, coming(0.5, 6, 0.003, 99), { flops: 5e6 }), whole)
      expect(poor).toMatchObject({
        prediction: { best: expect.closeTo(Math.max(...whole.map(({ final }) => final as number)), 9) as number },
      })
      if (poor !== 'continue') {
        expect(Math.abs((poor.prediction?.value ?? 0) - 0.5)).toBeLessThan(0.08)
        expect(poor.prediction?.probability).toBeLessThan(0.05)
        expect(poor.stop).toMatch(/accuracy will end at about 0\.\d+ and beat the best, 0\.8\d*|0\.79\d*/)
      }
      expect(stops(judged(entry, {}, trial(30, coming(0.9, 6, 0.003, 98), { flops: 5e6 }), whole))).toBe(false)
    })

    it(`${entry.name} waits for whole trainings, decides alike for one seed, and never judges an empty or a whole curve`, () => {
      const poor = trial(30, coming(0.4, 6), { flops: 5e6 })
      expect(stops(judged(entry, {}, poor, whole.slice(0, 3)))).toBe(false)
      expect(stops(judged(entry, {}, trial(30, []), whole))).toBe(false)
      expect(stops(judged(entry, {}, trial(30, coming(0.3, 10)), whole))).toBe(false)
      expect(judged(entry, {}, poor, whole)).toEqual(judged(entry, {}, poor, whole.toReversed()))
    })
  }

  it('take each regressor, and refuse another', () => {
    for (const regressor of ['nu-svr', 'forest', 'boosting'])
      expect(stops(judged(regression, { regressor, threshold: 0.2 }, trial(30, coming(0.5, 6), { flops: 5e6 }), whole))).toBe(true)
    expect(() =>
      regression.make({ space: tiny, seed: 0, objective: { metric: 'm', direction: 'maximize' } }, { regressor: 'rigde' }),
    ).toThrow(/Did you mean "ridge"/)
    expect(() => curve.make({ space: tiny, seed: 0, objective: { metric: 'm', direction: 'maximize' } }, { treshold: 1 })).toThrow(
      /The proxy curve has no option "treshold".*Did you mean "threshold"/,
    )
  })
})

describe('values corrected after a part of the training', () => {
  it('end most trials there with the value that they would have come to', () => {
    const [early, random] = [0.3, randomFor(2, 'costs')]
    // The end is the value at 0.3 plus a tenth for each factor of e in FLOPs over a million.
    const make = (number: number): ObservedTrial => {
      const [at, factor] = [0.3 + 0.2 * random.next(), 1 + 4 * random.next()]
      const values = Array.from({ length: 10 }, (_, i) => (i < 9 ? at : at + 0.1 * Math.log(factor)))
      return trial(number, values, { flops: factor * 1e6 })
    }
    const known = Array.from({ length: 30 }, (_, i) => make(i))
    expect(corrected.points?.({ part: early })).toEqual([early])
    const poor = trial(31, [0.3, 0.3, 0.3], { flops: 2e6 })
    const verdict = judged(corrected, { part: early, whole: 0 }, poor, known)
    expect(verdict !== 'continue' && verdict.prediction?.value).toBeCloseTo(0.3 + 0.1 * Math.log(2), 2)
    expect(stops(judged(corrected, { part: early, whole: 1 }, poor, known))).toBe(false)
    expect(stops(judged(corrected, { part: early, whole: 0 }, trial(31, [0.3, 0.3], { flops: 2e6 }), known))).toBe(false)
    expect(stops(judged(corrected, { part: early, whole: 0 }, poor, known.slice(0, 5)))).toBe(false)
    // What would be the best is trained whole.
    expect(stops(judged(corrected, { part: early, whole: 0 }, trial(31, [0.7, 0.7, 0.7], { flops: 5e6 }), known))).toBe(false)
  })
})
