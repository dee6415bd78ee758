import { describe, expect, it } from 'vitest'
import { findSpace } from '../../src/hub/index.ts'
import { conv, dense, float, globalPool, sequence, space } from '../../src/space/index.ts'
import { findStrategy, validate } from '../../src/strategy/index.ts'

const evolution = findStrategy('evolution')
const image = { input: { shape: [1, 8, 8] }, outputs: 10 }

describe('what would go wrong in a search', () => {
  it('is nothing for a space that fits strategy and data', () => {
    expect(validate(findSpace('chain'), evolution, image)).toEqual([])
    expect(validate(findSpace('mlp'), evolution, { input: { shape: [5] }, outputs: 1 })).toEqual([])
  })

  it('is said for data that the space is not for', () => {
    const [issue] = validate(findSpace('chain'), evolution, { input: { shape: [5] }, outputs: 2 })
    expect(issue.message).toMatch(/stem\/conv: a convolution layer needs an image or a signal.*mlp/)
  })

  it('is said for a strategy that cannot take the space', () => {
    const real = space('real', sequence(conv(16, 3), globalPool(), dense('classes')), {
      hyperparameters: { learningRate: float('learningRate', 0.01, 0.1) },
    })
    const exhaustive = findStrategy('exhaustive')
    expect(validate(real, exhaustive, image)).toEqual([{ path: '', message: expect.stringContaining('take the strategy grid') }])
    expect(() => exhaustive.make({ space: real, seed: 0, objectives: [] })).toThrow(/take the strategy grid/)
  })
})
