import { describe, expect, it } from 'vitest'
import { placeOf } from '../../src/proxy/brackets.ts'
import { hyperbandBrackets } from '../../src/proxy/hyperband.ts'
import type { ObservedTrial, Proxy } from '../../src/proxy/proxy.ts'
import { findProxy } from '../../src/proxy/registry.ts'
import { rungShares } from '../../src/proxy/rungs.ts'
import { smallSpace } from '../search/fakes.ts'

const proxyOf = (name: string, options = {}, direction: 'maximize' | 'minimize' = 'maximize'): Proxy =>
  findProxy(name).make({ space: smallSpace, seed: 1, objective: { metric: 'accuracy', direction } }, options)

/** A trial that has passed some rungs of a training in thirds. */
const trial = (number: number, values: readonly number[], status: ObservedTrial['status'] = 'paused'): ObservedTrial => ({
  number,
  architecture: {},
  status,
  curve: values.map((value, i) => ({ share: [1 / 9, 1 / 3, 1][i], value })),
  ...(values.length === 3 ? { final: values[2] } : {}),
  costs: {},
})
const goesOn = (proxy: Proxy, running: ObservedTrial, others: readonly ObservedTrial[]): boolean =>
  proxy.judge?.(running, others) === 'continue'

describe('rungs', () => {
  it('lie at powers of eta', () => {
    expect(rungShares({ eta: 3, rungs: 2 })).toEqual([1 / 9, 1 / 3])
    expect(rungShares({ eta: 2, rungs: 3 })).toEqual([1 / 8, 1 / 4, 1 / 2])
    expect(findProxy('asha').points?.({ eta: 4, rungs: 1 })).toEqual([1 / 4])
  })
})

describe('asha', () => {
  it('lets a third of those that reached a rung go on, whenever they come', () => {
    const asha = proxyOf('asha')
    // The first two of a rung have nobody to be better than.
    expect(goesOn(asha, trial(0, [0.9], 'running'), [])).toBe(false)
    expect(goesOn(asha, trial(1, [0.8], 'running'), [trial(0, [0.9])])).toBe(false)
    expect(goesOn(asha, trial(2, [0.95], 'running'), [trial(0, [0.9]), trial(1, [0.8])])).toBe(true)
    expect(goesOn(asha, trial(2, [0.85], 'running'), [trial(0, [0.9]), trial(1, [0.8])])).toBe(false)
  })

  it('continues the best paused trial, from the highest rung where one has earned it', () => {
    const asha = proxyOf('asha')
    const three = [trial(0, [0.9]), trial(1, [0.8]), trial(2, [0.7])]
    expect(asha.promote?.(three)).toBe(0)
    expect(asha.promote?.(three.slice(0, 2))).toBeUndefined()
    // Number 0 is on the second rung by now; the next of the first rung must wait for three more.
    const later = [trial(0, [0.9, 0.92]), ...three.slice(1), trial(3, [0.6]), trial(4, [0.5])]
    expect(asha.promote?.(later)).toBeUndefined()
    expect(asha.promote?.([...later, trial(5, [0.4])])).toBe(1)
    const high = [0, 1, 2].map((number) => trial(number, [0.9, 0.9 + number / 100]))
    expect(asha.promote?.([...high, trial(3, [0.1])])).toBe(2)
  })

  it('takes the smaller value for the better one where that is the objective', () => {
    const asha = proxyOf('asha', {}, 'minimize')
    expect(goesOn(asha, trial(2, [0.1], 'running'), [trial(0, [0.9]), trial(1, [0.8])])).toBe(true)
    expect(asha.promote?.([trial(0, [0.9]), trial(1, [0.2]), trial(2, [0.7])])).toBe(1)
  })

  it('does not continue what has failed or runs', () => {
    const asha = proxyOf('asha')
    expect(asha.promote?.([trial(0, [0.9], 'failed'), trial(1, [0.8]), trial(2, [0.7])])).toBeUndefined()
    expect(asha.promote?.([trial(0, [0.9], 'running'), trial(1, [0.8]), trial(2, [0.7])])).toBeUndefined()
  })
})

describe('successive halving', () => {
  it('waits for all of a group', () => {
    const proxy = proxyOf('successive-halving')
    const group = Array.from({ length: 8 }, (_, number) => trial(number, [number / 10]))
    expect(goesOn(proxy, trial(7, [0.9], 'running'), group.slice(0, 7))).toBe(false)
    expect(proxy.promote?.(group)).toBeUndefined()
    expect(goesOn(proxy, trial(8, [0.9], 'running'), group)).toBe(true)
    const whole = [...group, trial(8, [0.05])]
    expect(proxy.promote?.(whole)).toBe(5)
    // Trials of the next group wait for theirs.
    expect(proxy.promote?.([...group.slice(0, 8), trial(9, [1])])).toBeUndefined()
  })

  it('counts failed members as the worst', () => {
    const proxy = proxyOf('successive-halving')
    const group = Array.from({ length: 8 }, (_, number) => trial(number, [number / 10]))
    expect(proxy.promote?.([...group, trial(8, [], 'failed')])).toBe(5)
    const second = [5, 6].map((number) => trial(number, [number / 10, number / 10]))
    const first = group.slice(0, 5)
    expect(proxy.promote?.([...first, ...second, trial(7, [0.7], 'failed'), trial(8, [], 'failed')])).toBe(6)
    expect(proxy.promote?.([...first, ...second, trial(7, [0.7], 'running'), trial(8, [], 'failed')])).toBeUndefined()
  })
})

describe('hyperband', () => {
  it('has the brackets of the paper', () => {
    // Table 1 of Li et al. 2018: R = 81, eta = 3; n of each bracket.
    expect(hyperbandBrackets({ eta: 3, rungs: 4 })).toEqual([
      { size: 81, from: 0 },
      { size: 34, from: 1 },
      { size: 15, from: 2 },
      { size: 8, from: 3 },
      { size: 5, from: 4 },
    ])
  })

  it('gives trials to brackets by their numbers, round after round', () => {
    const brackets = hyperbandBrackets({ eta: 3, rungs: 2 })
    expect(brackets.map(({ size }) => size)).toEqual([9, 5, 3])
    expect(placeOf(0, brackets)).toEqual({ size: 9, from: 0, first: 0 })
    expect(placeOf(13, brackets)).toEqual({ size: 5, from: 1, first: 9 })
    expect(placeOf(16, brackets)).toEqual({ size: 3, from: 2, first: 14 })
    expect(placeOf(17, brackets)).toEqual({ size: 9, from: 0, first: 17 })
  })

  it('trains members of the last bracket whole', () => {
    const proxy = proxyOf('hyperband')
    expect(goesOn(proxy, trial(14, [0.1], 'running'), [])).toBe(true)
    expect(goesOn(proxy, trial(9, [0.1], 'running'), [])).toBe(true)
    expect(goesOn(proxy, trial(9, [0.1, 0.2], 'running'), [])).toBe(false)
  })
})
