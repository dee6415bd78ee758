import { describe, expect, it } from 'vitest'
import { choice, conv, dense, globalPool, randomFor, repeat, sequence, space } from '../../src/space/index.ts'
import { limitSpace } from '../../src/space/limit.ts'

const context = { input: { shape: [1, 8, 8] }, outputs: 2 }
const whole = space('small', sequence(repeat('depth', [1, 3], conv(choice('width', [4, 8, 16]), 3)), globalPool(), dense('classes')))
const cheap = (most: number) =>
  limitSpace(whole, { accepts: (architecture) => whole.cost(architecture, context).flops <= most, message: `at most ${most} FLOPs` })
const flops = (architecture: Parameters<typeof whole.print>[0]): number => whole.cost(architecture, context).flops

describe('a limited space', () => {
  const most = 60_000
  const limited = cheap(most)

  it('gives nothing beyond its limit, however it is drawn or varied', () => {
    for (let i = 0; i < 50; i++) {
      const random = randomFor(1, i)
      const [a, b] = [limited.sample(random), limited.sample(random)]
      for (const architecture of [a, b, limited.mutate(a, random), limited.crossover(a, b, random), ...limited.neighbours(a)]) {
        expect(flops(architecture)).toBeLessThanOrEqual(most)
      }
    }
  })

  it('lists exactly what meets the limit', () => {
    const all = [...whole.enumerate()]
    const meeting = all.filter((architecture) => flops(architecture) <= most)
    expect(meeting.length).toBeGreaterThan(3)
    expect(meeting.length).toBeLessThan(all.length)
    expect([...limited.enumerate()]).toEqual(meeting)
  })

  it('says what is wrong with the others', () => {
    const dear = whole.parse('depth=3[width=16 | width=16 | width=16]')
    expect(whole.check(dear)).toEqual([])
    expect(limited.check(dear)).toEqual([{ path: '', message: `at most ${most} FLOPs` }])
  })

  it('refuses a limit that nothing meets', () => {
    expect(() => cheap(1).sample(randomFor(1))).toThrow(/None of 2000 random networks.*at most 1 FLOPs.*Widen/)
  })
})
