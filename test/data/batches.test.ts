import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type BatchData, batchMaker, inProcessBatches } from '../../src/data/batches.ts'
import { type Dataset, MemoryRecords, mergeTrainAndValid, openBatches, openDataset, type Records } from '../../src/data/index.ts'
import { threadBatches } from '../../src/data/node/batch-worker.ts'
import { decodeCached } from '../../src/data/node/cache.ts'
import { digitsSource } from '../../src/data/node/built-in.ts'
import { assemble } from '../../src/data/assemble.ts'

const cache = mkdtempSync(join(tmpdir(), 'nascent-batches-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))
const augmentation = { flip: true, crop: 1, cutout: 2, erasing: 0.2, jitter: 0.2, mixup: 0.3 }

/** A data set whose records hold their own number, so that batches show which records they took. */
function numbered(count: number, classes = 4): BatchData {
  const targets = Int32Array.from({ length: count }, (_, i) => i % classes)
  return {
    kind: 'table',
    task: 'classification',
    input: { shape: [1] },
    classes: Array.from({ length: classes }, (_, i) => `c${i}`),
    normalization: { mean: [0], scale: [1] },
    train: new MemoryRecords(
      Float32Array.from({ length: count }, (_, i) => i),
      targets,
      1,
    ),
  }
}

describe('batches', () => {
  it('take every record once an epoch in a new order, dropping the last partial batch', () => {
    const maker = batchMaker(numbered(103), { batchSize: 10, seed: 1 })
    expect(maker.batches).toBe(10)
    const epoch = (number: number): number[] => Array.from({ length: 10 }, (_, i) => [...maker.make(number, i).inputs]).flat()
    const [first, second] = [epoch(0), epoch(1)]
    expect(new Set(first).size).toBe(100)
    expect(second).not.toEqual(first)
    expect(new Set([...first, ...second]).size).toBeGreaterThan(100)
    expect(epoch(0)).toEqual(first)
    expect([...batchMaker(numbered(103), { batchSize: 10, seed: 2 }).make(0, 0).inputs]).not.toEqual(first.slice(0, 10))
  })

  it('carry one-hot rows that belong to their inputs', () => {
    const { inputs, targets } = batchMaker(numbered(40), { batchSize: 8, seed: 3 }).make(2, 1)
    for (let r = 0; r < 8; r++)
      expect(Array.from(targets.slice(4 * r, 4 * r + 4))).toEqual([0, 1, 2, 3].map((c) => (c === inputs[r] % 4 ? 1 : 0)))
  })

  it('carry standardised values for a regression', () => {
    const data: BatchData = {
      ...numbered(20),
      task: 'regression',
      classes: [],
      targetScale: { mean: 10, deviation: 5 },
      train: new MemoryRecords(
        Float32Array.from({ length: 20 }, (_, i) => i),
        Float32Array.from({ length: 20 }, (_, i) => 2 * i),
        1,
      ),
    }
    const { inputs, targets } = batchMaker(data, { batchSize: 5, seed: 0 }).make(0, 0)
    expect([...targets]).toEqual([...inputs].map((i) => Math.fround((2 * i - 10) / 5)))
  })

  it('are as large as the data when more is asked for, and train on a fixed share', () => {
    const whole = inProcessBatches(numbered(20), { batchSize: 64, seed: 0 })
    expect([whole.batchSize, whole.batches]).toEqual([20, 1])
    const maker = batchMaker(numbered(200), { batchSize: 12, seed: 0, share: 0.24 })
    expect(maker.batches).toBe(4)
    const seen = (epoch: number): number[] =>
      Array.from({ length: 4 }, (_, i) => [...maker.make(epoch, i).inputs])
        .flat()
        .sort((a, b) => a - b)
    expect(seen(0)).toEqual(seen(7))
    for (const c of [0, 1, 2, 3]) expect(seen(0).filter((i) => i % 4 === c).length).toBe(12)
  })

  it('refuse sizes and places that are none', () => {
    expect(() => batchMaker(numbered(20), { batchSize: 0, seed: 0 })).toThrow(RangeError)
    expect(() => batchMaker(numbered(20), { batchSize: 5, seed: 0 }).make(0, 4)).toThrow(/an epoch has 4/)
  })

  it('augment pictures by (seed, epoch, index) alone', async () => {
    const digits = await openDataset('digits', { cache })
    const a = batchMaker(digits, { batchSize: 32, seed: 9, augmentation })
    const b = batchMaker(digits, { batchSize: 32, seed: 9, augmentation })
    b.make(3, 1)
    expect(b.make(2, 5)).toEqual(a.make(2, 5))
    expect(a.make(2, 5).inputs).not.toEqual(batchMaker(digits, { batchSize: 32, seed: 9 }).make(2, 5).inputs)
  })
})

describe('batches from a thread', () => {
  /** Asks in order, then elsewhere, then twice at once. */
  const places: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 1],
    [0, 2],
    [5, 3],
    [5, 4],
    [0, 1],
  ]

  async function expectSame(dataset: Dataset): Promise<void> {
    const options = { batchSize: 32, seed: 4, augmentation, share: 0.8 }
    const thread = openBatches(dataset, { ...options, thread: true })
    const here = inProcessBatches(dataset, options)
    try {
      expect([thread.batches, thread.batchSize]).toEqual([here.batches, here.batchSize])
      for (const [epoch, index] of places) expect(await thread.batch(epoch, index)).toEqual(await here.batch(epoch, index))
      const last = here.batches - 1
      const [a, b] = await Promise.all([thread.batch(1, last), thread.batch(2, 0)])
      expect([a, b]).toEqual([await here.batch(1, last), await here.batch(2, 0)])
    } finally {
      await thread.close()
    }
  }

  it('equal those made in process: from memory, from merged parts, from a file', async () => {
    const digits = await openDataset('digits', { cache })
    await expectSame(digits)
    await expectSame(mergeTrainAndValid(digits))
    const decoded = await decodeCached({ ...digitsSource(), slow: true }, cache, () => {}, 0)
    expect(decoded.close).toBeDefined()
    await expectSame(assemble('digits', decoded, { seed: 0 }))
    decoded.close?.()
  })

  const built = new URL('../../dist/data/index.js', import.meta.url)
  it.skipIf(!existsSync(built))('equal those made in process, as the built package makes them', async () => {
    const data = (await import(built.href)) as typeof import('../../src/data/index.ts')
    const digits = await data.openDataset('digits', { cache })
    const options = { batchSize: 16, seed: 2, augmentation }
    const [thread, here] = [data.openBatches(digits, { ...options, thread: true }), data.openBatches(digits, { ...options, thread: false })]
    try {
      for (const [epoch, index] of places) expect(await thread.batch(epoch, index)).toEqual(await here.batch(epoch, index))
    } finally {
      await thread.close()
    }
  })

  it('come after an error has been told: of an option at once, of the data by the batch', async () => {
    const data = numbered(40)
    expect(() => threadBatches(data, { batchSize: 0, seed: 0 })).toThrow(RangeError)
    const strange: Records = { ...data.train, count: 40, dtype: 'float32', targets: data.train.targets, readInputs: () => {} }
    expect(() => threadBatches({ ...data, train: strange }, { batchSize: 4, seed: 0 })).toThrow(TypeError)
    const missing = await decodeCached({ ...digitsSource(), slow: true, name: 'gone' }, cache, () => {}, 0)
    const dataset = assemble('gone', missing, { seed: 0 })
    rmSync(join(cache, 'decoded'), { recursive: true })
    const source = threadBatches(dataset, { batchSize: 8, seed: 0 })
    await expect(source.batch(0, 0)).rejects.toThrow(/ENOENT/)
    await expect(source.batch(0, 1)).rejects.toThrow(/ENOENT/)
    await source.close()
    missing.close?.()
  })

  it('end with close: what is awaited is rejected, and nothing more is given', async () => {
    const source = threadBatches(numbered(40), { batchSize: 4, seed: 0 })
    const waiting = source.batch(0, 0)
    const rejected = expect(waiting).rejects.toThrow(/closed/)
    await source.close()
    await rejected
    await expect(source.batch(0, 1)).rejects.toThrow(/closed/)
  })
})
