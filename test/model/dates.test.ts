import { expect, it } from 'vitest'
import { datePart } from '../../src/data/table/encode.ts'
import { dateNumbers } from '../../src/model/core-graph.ts'
import { randomFor } from '../../src/space/random.ts'
import { compile, concat, input } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'

const parts = ['epoch', 'year', 'month', 'weekday', 'hour'] as const

it('takes dates apart as the data room does, through leap years and centuries, before and after 1970', async () => {
  const random = randomFor(1, 'dates')
  const edges = [
    '0001-01-01',
    '1600-02-29',
    '1899-12-31T23:59',
    '1900-02-28',
    '1900-03-01',
    '1969-12-31T23:59',
    '1970-01-01',
    '2000-02-29',
    '2000-12-31',
    '2024-02-29T12:34',
    '2100-02-28',
    '2100-03-01',
  ]
  const times = [
    ...edges.map((text) => Date.parse(text.includes('T') ? `${text}:00Z` : text)),
    ...Array.from({ length: 500 }, () => Math.floor((random.next() * 3000 - 1500) * 365.25 * 1440) * 60_000),
  ]
  const program = await compile(await createNodeRuntime(), {
    all: concat(dateNumbers(input('when', [times.length + 1, 1], 'int64'), parts), 1),
  })
  const { all } = await program.run({ when: BigInt64Array.from([...times.map(BigInt), -(2n ** 63n)]) })
  await program.release()
  const got = all.data as Float32Array
  for (const [i, time] of times.entries()) {
    const wanted = Float32Array.from(parts, (part) => datePart(time, part))
    expect([...got.subarray(i * 5 + 1, i * 5 + 4)], new Date(time).toISOString()).toEqual([...wanted.subarray(1, 4)])
    // Days in float32: a rounding step of the result, or of the time of the day before 1970-01-01.
    expect(Math.abs(got[i * 5] - wanted[0])).toBeLessThanOrEqual(Math.max(1e-7, Math.abs(wanted[0]) * 1.2e-7))
    expect(got[i * 5 + 4]).toBeCloseTo(wanted[4], 5)
  }
  expect([...got.subarray(times.length * 5)].every(Number.isNaN)).toBe(true)
})
