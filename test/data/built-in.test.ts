import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openBatches, openDataset } from '../../src/data/index.ts'

const cache = mkdtempSync(join(tmpdir(), 'nascent-built-in-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe('digits', () => {
  it('opens with its sizes, classes and pixels', async () => {
    const digits = await openDataset('digits', { cache })
    expect(digits.train.count + digits.valid.count + digits.test.count).toBe(1797)
    expect(digits.input.shape).toEqual([1, 8, 8])
    expect(digits.classes).toHaveLength(10)
    const pixels = new Uint8Array(64)
    const first = digits.train.targets.indexOf(0)
    digits.train.readInputs([first], pixels)
    expect(Math.max(...pixels)).toBeGreaterThan(200)
  })

  it('holds out the same test part for every seed, and other validation parts', async () => {
    const [a, b] = [await openDataset('digits', { cache, seed: 1 }), await openDataset('digits', { cache, seed: 2 })]
    expect(a.test.targets).toEqual(b.test.targets)
    expect(a.valid.targets.length).toBe(b.valid.targets.length)
    const rows = (part: typeof a.valid): string => {
      const pixels = new Uint8Array(part.count * 64)
      part.readInputs(
        Array.from({ length: part.count }, (_, i) => i),
        pixels,
      )
      return Buffer.from(pixels).toString('base64')
    }
    expect(rows(a.test)).toBe(rows(b.test))
    expect(rows(a.valid)).not.toBe(rows(b.valid))
  })
})

describe('fashion-mnist', () => {
  it('opens whole, with its own test part, and again from its decoded copy', async () => {
    const made = await openDataset('fashion-mnist', { cache })
    const again = await openDataset('fashion-mnist', { cache })
    for (const data of [made, again]) {
      expect(data.test.count).toBe(10_000)
      expect(data.train.count + data.valid.count).toBe(60_000)
      expect(data.classes[9]).toBe('Ankle boot')
      expect(data.input.shape).toEqual([1, 28, 28])
    }
    // Mean and deviation of the training pixels as published for this set: 0.2860 and 0.3530 of 255.
    expect(made.normalization.mean[0] / 255).toBeCloseTo(0.286, 2)
    expect(1 / made.normalization.scale[0] / 255).toBeCloseTo(0.353, 2)
    expect(again.normalization).toEqual(made.normalization)
    const [a, b] = [openBatches(made, { batchSize: 64, seed: 3 }), openBatches(again, { batchSize: 64, seed: 3 })]
    expect(await a.batch(1, 5)).toEqual(await b.batch(1, 5))
    await a.close()
    await b.close()
  })
})
