import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { findSpace } from '../../src/hub/index.ts'
import { affordable, parseLimits } from '../../src/search/limits.ts'
import { randomFor } from '../../src/space/index.ts'

const context = { input: { shape: [1, 8, 8] }, outputs: 10 }

describe('limits on what a network may cost', () => {
  it('are read with units', () => {
    expect(parseLimits('parameters<=500k, flops <= 1.5M,bytes<2000')).toEqual([
      { metric: 'parameters', most: 500_000 },
      { metric: 'flops', most: 1_500_000 },
      { metric: 'bytes', most: 2000 },
    ])
  })

  it.each(['parameters', 'parameters>=3', 'paramters<=500k', 'accuracy<=1', ''])('"%s" is refused with the mend', (text) => {
    expect(() => parseLimits(text)).toThrow(UserError)
    expect(() => parseLimits(text)).toThrow(/parameters/)
  })

  it('hold for every network that is drawn or varied, and rejections are counted', () => {
    const whole = findSpace('chain')
    let rejected = 0
    const limits = parseLimits('parameters<=20k')
    const space = affordable(whole, { limits }, context, () => rejected++)
    for (let i = 0; i < 30; i++) {
      const random = randomFor(i, 'limits')
      const drawn = space.sample(random)
      const varied = space.mutate(drawn, random)
      for (const architecture of [drawn, varied]) expect(whole.cost(architecture, context).parameters).toBeLessThanOrEqual(20_000)
    }
    expect(rejected).toBeGreaterThan(0)
    expect(space.check(whole.sample(randomFor(1, 'any')))).toBeDefined()
  })

  it('that no network meets are refused in one sentence', () => {
    const space = affordable(findSpace('nas-bench-201'), { limits: parseLimits('parameters<=10') }, context)
    expect(() => space.sample(randomFor(0))).toThrow(/at most 10 parameters/)
  })

  it('leave a space as it is when there are none', () => {
    const space = findSpace('chain')
    expect(affordable(space, {}, context)).toBe(space)
  })
})
