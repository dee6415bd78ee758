import { describe, expect, it } from 'vitest'
import {
  choosePrior,
  type Curve,
  continueCurve,
  CurveRegression,
  curveFamilies,
  fitCorrection,
  lastSeen,
  pointsUntil,
  thaw,
} from '../../../src/predict/curves/index.ts'
import { decayKernel } from '../../../src/predict/curves/freeze-thaw.ts'
import { mixtureBelief } from '../../../src/predict/curves/mixture-belief.ts'
import { nelderMead } from '../../../src/predict/curves/nelder-mead.ts'
import { normalBelief } from '../../../src/predict/curves/normal-belief.ts'
import { curveFeatures, valueAt } from '../../../src/predict/curves/regression.ts'
import { ridge } from '../../../src/predict/regressors/ridge.ts'
import { normal, randomFor } from '../../../src/space/index.ts'

/** Points of a function of the share. */
const drawn = (f: (share: number) => number, points: number, of = 50): Curve => {
  const shares = Array.from({ length: points }, (_, i) => (i + 1) / of)
  return { shares, values: shares.map(f) }
}

describe('beliefs', () => {
  it('say how likely the end is above a value, worked out by hand', () => {
    expect(normalBelief(1, 2).above(1)).toBeCloseTo(0.5, 6)
    expect(normalBelief(1, 2).above(-1)).toBeCloseTo(0.841345, 5)
    expect([normalBelief(1, 0).above(1), normalBelief(1, 0).above(0.9)]).toEqual([0, 1])
    const belief = mixtureBelief([0, 4], [1, 1])
    expect([belief.mean, belief.deviation]).toEqual([2, Math.sqrt(5)])
    expect(belief.above(2)).toBeCloseTo(0.5, 6)
    expect(belief.above(4)).toBeCloseTo(0.25, 4)
  })

  it('the last value seen is certain', () => {
    const belief = lastSeen(drawn((share) => share, 3))
    expect([belief.mean, belief.above(0.05), belief.above(0.06)]).toEqual([0.06, 1, 0])
  })

  it('points within a share count when the share was rounded', () => {
    expect(pointsUntil([0.1, 0.2, 0.30000000000000004], 0.3)).toBe(3)
  })
})

describe('growth curves', () => {
  it('have the values of their formulas', () => {
    const of = (name: string): ((x: number, p: readonly number[]) => number) =>
      curveFamilies.find((family) => family.name === name)?.value ?? (() => Number.NaN)
    expect(of('pow3')(4, [1, 2, 0.5])).toBeCloseTo(1 - 2 / 2, 12)
    expect(of('pow4')(3, [1, Math.log(2), 2, 1])).toBeCloseTo(1 - 1 / 8, 12)
    expect(of('log-log linear')(Math.E, [1, 2])).toBeCloseTo(Math.log(3), 12)
    expect(of('vapor pressure')(2, [-1, -1, 0.25])).toBeCloseTo(Math.exp(-1.5 + 0.25 * Math.log(2)), 12)
    // x^2 / (3^2 + x^2) at 4.
    expect(of('Hill')(4, [1, 2, Math.log(3)])).toBeCloseTo(16 / 25, 12)
    expect(of('log power')(Math.E, [2, 1, -1])).toBeCloseTo(1, 12)
    expect(of('Morgan-Mercer-Flodin')(2, [1, 0, Math.log(0.5), 3])).toBeCloseTo(0.5, 12)
    expect(of('exp4')(4, [1, 0, 1, 0.5])).toBeCloseTo(1 - Math.exp(-1), 12)
    expect(of('Janoschek')(4, [1, 0.5, 0, 0.5])).toBeCloseTo(1 - 0.5 * Math.exp(-2), 12)
    expect(of('Weibull')(2, [1, 0.5, Math.log(2), 0.5])).toBeCloseTo(1 - 0.5 * Math.exp(-2), 12)
    expect(of('ilog2')(Math.E - 1, [1, 0.3])).toBeCloseTo(0.7, 12)
  })

  it('begin within their bounds', () => {
    for (const { name, bounds, start } of curveFamilies)
      for (const [i, value] of start(0.1, 0.7).entries()) {
        expect(value, name).toBeGreaterThanOrEqual(bounds[i][0])
        expect(value, name).toBeLessThanOrEqual(bounds[i][1])
      }
  })
})

describe('a simplex', () => {
  it('finds the lowest point of a curved valley', () => {
    const valley = ([x, y]: Float64Array): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2
    const [x, y] = nelderMead(valley, [-1.2, 1], [0.5, 0.5], 400)
    expect(x).toBeCloseTo(1, 2)
    expect(y).toBeCloseTo(1, 2)
  })

  it('stays where the function is not infinite', () => {
    const [x] = nelderMead(([at]) => (at < 1 ? Infinity : at), [3], [1], 200)
    expect(x).toBeCloseTo(1, 2)
  })
})

describe('continuing a curve by growth curves', () => {
  it('finds the end of a power law and is less sure of it the less it has seen', () => {
    const random = randomFor(5, 'noise')
    const law = (share: number): number => 0.9 - 0.6 * (50 * share) ** -0.8 + normal(random, 0, 0.003)
    const seen = drawn(law, 50)
    const at = (points: number) =>
      continueCurve({ shares: seen.shares.slice(0, points), values: seen.values.slice(0, points) }, randomFor(1, 'law'))
    const end = 0.9 - 0.6 * 50 ** -0.8
    const [early, late] = [at(8), at(25)]
    expect(Math.abs(late.mean - end)).toBeLessThan(0.02)
    expect(Math.abs(early.mean - end)).toBeLessThan(3 * early.deviation)
    expect(early.deviation).toBeGreaterThan(late.deviation)
    expect(late.above(0.95)).toBeLessThan(0.05)
    expect(late.above(0.8)).toBeGreaterThan(0.95)
  })

  it('is the same on any scale, and for one random stream', () => {
    const curve = drawn((share) => Math.sqrt(share), 10)
    const scaled = { ...curve, values: curve.values.map((value) => 1000 * value - 7000) }
    const [a, b] = [continueCurve(curve, randomFor(2, 'x')), continueCurve(scaled, randomFor(2, 'x'))]
    expect(b.mean).toBeCloseTo(1000 * a.mean - 7000, 3)
    expect(continueCurve(curve, randomFor(2, 'x')).mean).toBe(a.mean)
  })

  it('takes flat curves, falling ones and jumps', () => {
    for (const values of [
      [0.1, 0.1, 0.1, 0.1, 0.1],
      [0.5, 0.4, 0.35, 0.3, 0.28],
      [0.1, 0.1, 0.1, 0.8, 0.1, 0.9],
    ]) {
      const belief = continueCurve({ shares: values.map((_, i) => (i + 1) / 20), values }, randomFor(0, 'odd'))
      expect(Number.isFinite(belief.mean)).toBe(true)
      expect(belief.deviation).toBeGreaterThan(0)
      expect(Math.abs(belief.mean - values[values.length - 1])).toBeLessThan(1)
    }
  })
})

describe('freeze-thaw', () => {
  it('has the kernel of decays: the integral of exp(−λ(t+u)) over a gamma distribution of λ', () => {
    const [alpha, beta, t, u] = [1, 2, 0.5, 1.5]
    let sum = 0
    for (let rate = 0.0005; rate < 20; rate += 0.001) sum += 0.001 * Math.exp(-rate * (t + u)) * beta * Math.exp(-beta * rate)
    expect(decayKernel(t, u, { alpha, beta })).toBeCloseTo(sum, 4)
  })

  it('is the belief of one point, worked out by hand', () => {
    const prior = { level: 0.5, spread: 0.2, alpha: 1, beta: 2, scale: 0.1, noise: 0.05 }
    const belief = thaw({ shares: [0.1], values: [0.4] }, prior)
    // Covariances at times 10 and 100: spread² + scale² · 2/(t + u + 2).
    const [own, cross, end] = [20, 110, 200].map((sum) => 0.04 + 0.01 * (2 / (sum + 2)))
    expect(belief.mean).toBeCloseTo(0.5 + (cross / (own + 0.0025)) * -0.1, 6)
    expect(belief.deviation).toBeCloseTo(Math.sqrt(end - cross ** 2 / (own + 0.0025) + 0.0025), 6)
  })

  it('learns from whole curves what others will gain', () => {
    const random = randomFor(4, 'whole')
    const whole = Array.from({ length: 12 }, () => {
      const end = 0.7 + 0.1 * random.next()
      return drawn((share) => end - 0.4 / (1 + 20 * share), 50)
    })
    const fresh = drawn((share) => 0.76 - 0.4 / (1 + 20 * share), 10)
    const end = 0.76 - 0.4 / 21
    const alone = thaw(fresh, choosePrior([], fresh))
    const shared = thaw(fresh, choosePrior(whole, fresh))
    expect(Math.abs(shared.mean - end)).toBeLessThan(0.03)
    expect(Math.abs(shared.mean - end)).toBeLessThan(Math.abs(fresh.values[9] - end))
    expect(shared.deviation).toBeLessThan(alone.deviation)
    expect(thaw(fresh, choosePrior(whole, fresh), { mean: 0.9, deviation: 0.001 }).mean).toBeGreaterThan(shared.mean)
  })
})

describe('regression on the beginning of a curve', () => {
  it('reads values, first and second differences, and features', () => {
    const curve = { shares: [0.1, 0.2, 0.3], values: [1, 3, 4], features: [7] }
    expect([...curveFeatures(curve, [0.1, 0.2, 0.3])]).toEqual([1, 3, 4, 2, 1, -1, 7])
    for (const [share, value] of [
      [0.05, 1],
      [0.15, 2],
      [0.2, 3],
      [0.9, 4],
    ])
      expect(valueAt(curve, share)).toBeCloseTo(value, 12)
  })

  it('learns what a feature says of the end, with an honest uncertainty', () => {
    const random = randomFor(8, 'curves')
    const make = () => {
      const slow = random.next()
      return { ...drawn((share) => share * (1 - slow), 10), features: [slow], final: 1 + slow + normal(random, 0, 0.05) }
    }
    const known = Array.from({ length: 60 }, make)
    const shares = known[0].shares
    const model = new CurveRegression(known, shares, ridge, randomFor(0, 'fit'))
    const held = Array.from({ length: 200 }, make)
    const beliefs = held.map((curve) => model.predict(curve))
    const error = beliefs.reduce((sum, { mean }, i) => sum + Math.abs(mean - held[i].final), 0) / held.length
    expect(error).toBeLessThan(0.06)
    // Of ends that are said to be exceeded with a probability of 0.1 about a tenth is.
    const exceeded = (share: number): number => held.filter(({ final }, i) => beliefs[i].above(final) < share).length / held.length
    expect(Math.abs(exceeded(0.1) - 0.1)).toBeLessThan(0.07)
    expect(Math.abs(exceeded(0.5) - 0.5)).toBeLessThan(0.12)
  })
})

describe('the correction of values after an early stop', () => {
  it('finds the weights of early value and costs, and a better order', () => {
    const random = randomFor(6, 'costs')
    const known = Array.from({ length: 60 }, () => {
      const [early, flops, parameters] = [random.next(), 10 ** (6 + 2 * random.next()), 10 ** (4 + 2 * random.next())]
      return { early, costs: [flops, parameters], final: 0.5 * early + 0.1 * Math.log(flops) - 0.05 * Math.log(parameters) + 0.2 }
    })
    const { coefficients, intercept, before, after, predict } = fitCorrection(known)
    for (const [i, expected] of [0.5, 0.1, -0.05].entries()) expect(coefficients[i]).toBeCloseTo(expected, 3)
    expect(intercept).toBeCloseTo(0.2, 2)
    expect(after).toBeGreaterThan(0.999)
    expect(before).toBeLessThan(0.8)
    expect(predict(known[0]).mean).toBeCloseTo(known[0].final, 3)
  })
})
