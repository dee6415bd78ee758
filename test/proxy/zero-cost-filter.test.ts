import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import type { ObservedTrial, ProxyContext } from '../../src/proxy/proxy.ts'
import { zeroCostFilter } from '../../src/proxy/zero-cost-filter.ts'
import { plain } from '../oneshot/fixtures.ts'

const context: ProxyContext = { space: plain, seed: 0, objective: { metric: 'accuracy', direction: 'maximize' } }

const trial = (number: number, costs: Readonly<Record<string, number>>, curve: ObservedTrial['curve'] = []): ObservedTrial => ({
  number,
  architecture: {},
  status: 'running',
  curve,
  costs,
})

/** Eight trials with the scores 1 to 8. */
const others = [1, 2, 3, 4, 5, 6, 7, 8].map((score) => trial(score, { naswot: 10 * score, synflow: score }))
const judge = (one: ObservedTrial, all = others, options?: Readonly<Record<string, number | string>>) =>
  zeroCostFilter.make(context, options).judge?.(one, all)

describe('the proxy zero-cost', () => {
  it('stops a trial that is below the quantile of the others, and says why', () => {
    expect(judge(trial(9, { naswot: 35, synflow: 2.5 }))).toEqual({
      stop: 'by naswot and synflow it is better than 31 % of 8 trials, less than 50 %',
    })
    expect(judge(trial(9, { naswot: 55, synflow: 5.5 }))).toBe('continue')
    expect(judge(trial(9, { naswot: 35, synflow: 2.5 }), others, { quantile: 0.3 })).toBe('continue')
  })

  it('waits until a handful are known, of which those without scores are none', () => {
    expect(judge(trial(9, { naswot: 1, synflow: 0 }), others.slice(1))).toBe('continue')
    expect(judge(trial(9, { naswot: 1, synflow: 0 }), [...others.slice(1), trial(10, { parameters: 5 })])).toBe('continue')
    expect(judge(trial(9, { naswot: 1, synflow: 0 }), others.slice(1), { known: 7 })).toHaveProperty('stop')
  })

  it('takes a score that is missing beside another one for the least', () => {
    expect(judge(trial(9, { naswot: 55 }), others, { scores: 'synflow' })).toHaveProperty('stop')
    expect(judge(trial(9, { parameters: 55 }))).toBe('continue')
  })

  it('says nothing once a trial is trained', () => {
    expect(judge(trial(9, { naswot: 1, synflow: 0 }, [{ share: 0.2, value: 0.5 }]))).toBe('continue')
  })

  it('goes by one score when asked to, and refuses others', () => {
    expect(judge(trial(9, { naswot: 35, synflow: 9 }), others, { scores: 'naswot' })).toHaveProperty('stop')
    expect(judge(trial(9, { naswot: 35, synflow: 9 }), others, { scores: 'synflow' })).toBe('continue')
    expect(() => zeroCostFilter.make(context, { scores: 'zen' })).toThrow(UserError)
    expect(() => zeroCostFilter.make(context, { quantile: 2 })).toThrow(/from 0 to 0\.95/)
  })
})
