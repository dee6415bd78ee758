import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryRecords, mergeParts, subset } from '../../src/data/index.ts'
import { learnNormalization, learnTargetScale } from '../../src/data/normalize.ts'
import { defaultShares, givenPart, type Parts, sampleShare, splitRecords } from '../../src/data/split.ts'

const counted = (parts: Parts, targets: Int32Array, name: keyof Parts, label: number): number =>
  parts[name].filter((i) => targets[i] === label).length
const all = (parts: Parts): number[] => [...parts.train, ...parts.valid, ...parts.test].sort((a, b) => a - b)
const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 300 }).map((values) => Int32Array.from(values))

describe('splitting', () => {
  it('puts each record into exactly one part, the same for the same seed', () => {
    fc.assert(
      fc.property(labels, fc.nat(1000), (targets, seed) => {
        const parts = splitRecords({ targets, classes: 5, seed })
        expect(all(parts)).toEqual([...targets.keys()])
        expect(splitRecords({ targets, classes: 5, seed })).toEqual(parts)
      }),
    )
  })

  it('keeps the shares of every class in every part', () => {
    fc.assert(
      fc.property(labels, fc.nat(1000), (targets, seed) => {
        const parts = splitRecords({ targets, classes: 5, seed })
        for (let label = 0; label < 5; label++) {
          const total = targets.filter((value) => value === label).length
          for (const part of ['valid', 'test'] as const) {
            const got = counted(parts, targets, part, label)
            if (total >= 3) expect(got).toBeGreaterThanOrEqual(1)
            expect(Math.abs(got - 0.15 * total)).toBeLessThanOrEqual(1)
          }
          if (total > 0) expect(counted(parts, targets, 'train', label)).toBeGreaterThanOrEqual(1)
        }
      }),
    )
  })

  it('splits otherwise for another seed', () => {
    const targets = Int32Array.from({ length: 100 }, (_, i) => i % 2)
    const [a, b] = [1, 2].map((seed) => splitRecords({ targets, classes: 2, seed }))
    expect(a.test).not.toEqual(b.test)
    expect(a.valid).not.toEqual(b.valid)
  })

  it('respects the parts that the data came with', () => {
    const targets = Int32Array.from({ length: 120 }, (_, i) => i % 3)
    const given = Uint8Array.from({ length: 120 }, (_, i) => (i < 90 ? givenPart.train : givenPart.test))
    const parts = splitRecords({ targets, classes: 3, given, seed: 4 })
    expect([...parts.test]).toEqual(Array.from({ length: 30 }, (_, i) => 90 + i))
    expect(parts.train.length + parts.valid.length).toBe(90)
    expect(parts.valid.length).toBeGreaterThan(10)
    const three = Uint8Array.from({ length: 120 }, (_, i) => 1 + (i % 3))
    const whole = splitRecords({ targets, classes: 3, given: three, seed: 4 })
    expect([...whole.valid]).toEqual([...targets.keys()].filter((i) => i % 3 === 1))
  })

  it('holds out less of large data', () => {
    expect(defaultShares(100).test).toBeCloseTo(0.15)
    expect(defaultShares(60_000).test).toBeCloseTo(0.1)
    expect(defaultShares(1_000_000).test * 1_000_000).toBeCloseTo(10_000)
  })

  it('takes shares that are asked for, and regression without strata', () => {
    const targets = Float32Array.from({ length: 200 }, (_, i) => i / 7)
    const parts = splitRecords({ targets, classes: 0, seed: 0, shares: { valid: 0.25, test: 0.1 } })
    expect([parts.train.length, parts.valid.length, parts.test.length]).toEqual([130, 50, 20])
  })

  it('samples a share with every class in it', () => {
    const targets = Int32Array.from({ length: 1000 }, (_, i) => (i < 5 ? 1 : 0))
    const share = sampleShare(targets, 2, 0.1, 7)
    expect(share.length).toBe(101)
    expect([...share].filter((i) => targets[i] === 1)).toHaveLength(1)
    expect(sampleShare(targets, 2, 0.1, 7)).toEqual(share)
    expect(sampleShare(targets, 2, 0.1, 8)).not.toEqual(share)
    expect(() => sampleShare(targets, 2, 0, 7)).toThrow(RangeError)
  })
})

describe('normalisation', () => {
  it('is the mean and deviation of each channel of the training part, and of nothing else', () => {
    const inputs = Uint8Array.from({ length: 6 * 8 }, (_, i) => (i < 24 ? (i * 37) % 256 : 255))
    const records = new MemoryRecords(inputs, new Int32Array(6), 8)
    const train = subset(records, [0, 1, 2])
    const { mean, scale } = learnNormalization(train, { shape: [2, 2, 2] })
    for (const channel of [0, 1]) {
      const values = [0, 1, 2].flatMap((record) => [0, 1, 2, 3].map((i) => inputs[record * 8 + channel * 4 + i]))
      const average = values.reduce((a, b) => a + b) / values.length
      const deviation = Math.sqrt(values.reduce((a, b) => a + (b - average) ** 2, 0) / values.length)
      expect(mean[channel]).toBeCloseTo(average, 10)
      expect(1 / scale[channel]).toBeCloseTo(deviation, 10)
    }
  })

  it('leaves out missing values and category codes, and does not blow up a constant column', () => {
    const rows = Float32Array.from([1, 5, 2, Number.NaN, 5, 3, 3, 5, 1])
    const { mean, scale } = learnNormalization(new MemoryRecords(rows, new Int32Array(3), 3), { shape: [3], categories: [4] })
    expect(mean).toEqual([2, 5])
    expect(scale).toEqual([1, 1])
  })

  it('is as precise far from zero', () => {
    const rows = Float32Array.from({ length: 5000 }, (_, i) => 20_000 + (i % 2))
    const { mean, scale } = learnNormalization(new MemoryRecords(rows, new Int32Array(5000), 1), { shape: [1] })
    expect(mean[0]).toBeCloseTo(20_000.5, 6)
    expect(scale[0]).toBeCloseTo(2, 6)
  })

  it('standardises a regression target', () => {
    expect(learnTargetScale([1, 3])).toEqual({ mean: 2, deviation: 1 })
    expect(learnTargetScale([4, 4])).toEqual({ mean: 4, deviation: 1 })
  })
})

describe('records', () => {
  const records = new MemoryRecords(
    Float32Array.from({ length: 20 }, (_, i) => i),
    Int32Array.from({ length: 10 }, (_, i) => i % 3),
    2,
  )
  const read = (part: typeof records | ReturnType<typeof subset>, indices: number[]): number[] => {
    const into = new Float32Array(indices.length * 2)
    part.readInputs(indices, into)
    return [...into]
  }

  it('are read by position, through views of views and merged parts', () => {
    const odd = subset(records, [1, 3, 5, 7, 9])
    const two = subset(odd, [4, 0])
    expect(read(odd, [0, 2])).toEqual([2, 3, 10, 11])
    expect(read(two, [0, 1])).toEqual([18, 19, 2, 3])
    expect([...two.targets]).toEqual([0, 1])
    const merged = mergeParts(two, odd)
    expect(merged.count).toBe(7)
    expect(read(merged, [6, 0, 1, 2])).toEqual([18, 19, 18, 19, 2, 3, 2, 3])
    expect([...merged.targets]).toEqual([0, 1, 1, 0, 2, 1, 0])
  })

  it('refuse an index that is not there', () => {
    for (const part of [records, subset(records, [1]), mergeParts(subset(records, [1]), subset(records, [2]))]) {
      expect(() => read(part as typeof records, [10])).toThrow(RangeError)
      expect(() => read(part as typeof records, [-1])).toThrow(RangeError)
    }
  })
})
