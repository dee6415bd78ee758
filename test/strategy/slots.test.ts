import { describe, expect, it } from 'vitest'
import { type Decision, type DecisionValue, randomFor, sampleValue, valuesOf } from '../../src/space/index.ts'
import { picksOf, takeDecision } from '../../src/strategy/slots.ts'

const decisions: readonly Decision[] = [
  { path: 'choice', kind: 'choice', alternatives: ['a', 'b', 'c'] },
  { path: 'number', kind: 'number', values: [16, 32, 64] },
  { path: 'integer', kind: 'integer', from: 1, to: 7, step: 2 },
  { path: 'long', kind: 'integer', from: 10, to: 1000, step: 5 },
  { path: 'float', kind: 'float', from: 0.001, to: 1, log: true },
  { path: 'fixed', kind: 'float', from: 2, to: 2, log: false },
  { path: 'pairs', kind: 'inputs', from: 5, count: 2 },
  { path: 'any', kind: 'inputs', from: 9, count: [0, 9] },
  { path: 'some', kind: 'inputs', from: 12, count: [3, 5] },
]

describe('decisions as picks of categories', () => {
  it.each(decisions)('take a value and give its picks back: $path', (decision) => {
    const random = randomFor(1, decision.path)
    for (let i = 0; i < 100; i++) {
      const value = sampleValue(decision, random)
      const picks = picksOf(decision, value)
      for (const { slot, index } of picks) {
        expect(index).toBeGreaterThanOrEqual(0)
        expect(index).toBeLessThan(slot.size)
      }
      const left = [...picks]
      const again = takeDecision(decision, (slot) => takenOf(left, slot.key), random)
      expect(left).toEqual([])
      if (decision.kind === 'float' || decision.path === 'long') expect(picksOf(decision, again)).toEqual(picks)
      else expect(again).toEqual(value)
    }
  })

  it('reach every range of a long run of whole numbers, and every number', () => {
    const long = decisions[3]
    const values = valuesOf(long) as readonly DecisionValue[]
    const sizes = new Map<number, number>()
    for (const value of values) {
      const [{ index }] = picksOf(long, value)
      sizes.set(index, (sizes.get(index) ?? 0) + 1)
    }
    expect(sizes.size).toBe(12)
    const random = randomFor(2)
    const reached = new Set(Array.from({ length: 20_000 }, (_, i) => takeDecision(long, () => i % 12, random)))
    expect(reached.size).toBe(values.length)
  })
})

function takenOf(left: ReturnType<typeof picksOf>[number][], key: string): number {
  const next = left.shift()
  expect(next?.slot.key).toBe(key)
  return next?.index ?? 0
}
