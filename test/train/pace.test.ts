import { array, assert, double, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitStretch, scheduleStep, wholeStretch } from '../../src/train/pace.ts'

describe('a stretch of training', () => {
  it('is the plan itself while the pace keeps up', () => {
    const whole = wholeStretch(1000)
    expect(fitStretch(whole, 1000, 100, 9200, 10, 5000)).toBe(whole)
    expect(scheduleStep(whole, 1000, 250)).toBe(250)
  })

  it('ends earlier, its schedule complete and without a jump, when steps are slower than planned', () => {
    const short = fitStretch(wholeStretch(1000), 1000, 100, 9000, 18, 5000)
    expect(short.end).toBe(100 + 490)
    expect(scheduleStep(short, 1000, 100)).toBe(100)
    expect(scheduleStep(short, 1000, short.end)).toBe(1000)
  })

  it('ends later when steps are faster than planned, but not beyond the most', () => {
    expect(fitStretch(wholeStretch(1000), 1000, 100, 9000, 5, 5000)).toEqual({ from: 100, place: 100, end: 1864 })
    expect(fitStretch(wholeStretch(1000), 1000, 100, 9000, 5, 1500).end).toBe(1500)
    expect(fitStretch(wholeStretch(1000), 1000, 100, 9000, 5, 1000).end).toBe(1000)
  })

  it('does one more step at least', () => {
    expect(fitStretch(wholeStretch(1000), 1000, 100, -50, 18, 5000).end).toBe(101)
    const done = wholeStretch(1000)
    expect(fitStretch(done, 1000, 1000, 0, 18, 5000)).toBe(done)
  })

  it('never goes back in its schedule, however often it is shortened', () => {
    assert(
      property(array(double({ min: 5, max: 60, noNaN: true }), { minLength: 1, maxLength: 30 }), (paces) => {
        let stretch = wholeStretch(800)
        let before = 0
        let left = 8000
        let step = 0
        for (const pace of paces) {
          for (let i = 0; i < 25 && step < stretch.end; i++) {
            const place = scheduleStep(stretch, 800, step)
            expect(place).toBeGreaterThanOrEqual(before - 1e-9)
            before = place
            step++
            left -= pace
          }
          stretch = fitStretch(stretch, 800, step, left, pace, 5000)
          expect(stretch.end).toBeLessThanOrEqual(5000)
        }
        expect(scheduleStep(stretch, 800, stretch.end)).toBeCloseTo(800, 6)
      }),
    )
  })
})
