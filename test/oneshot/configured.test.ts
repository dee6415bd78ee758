import { describe, expect, it } from 'vitest'
import * as configured from '../../src/oneshot/configured.ts'
import { oneShotMethods } from '../../src/oneshot/index.ts'

describe('methods with options', () => {
  it('there is a function for each method of the registry', () => {
    const { oneShot, ...functions } = configured
    const made = Object.values(functions).map((make) => make({ learningRate: 0.1 }))
    expect(made.map(({ entry }) => entry.name).sort()).toEqual(oneShotMethods.map(({ name }) => name).sort())
    expect(made.every(({ options }) => options.learningRate === 0.1)).toBe(true)
    expect(oneShot('spos').entry.name).toBe('spos')
  })

  it('helps with a slip', () => {
    expect(() => configured.oneShot('sops')).toThrow(/no weight-sharing method "sops".*"spos"/)
  })
})
