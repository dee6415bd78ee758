import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inProcessBatches } from '../../src/data/batches.ts'
import { nasBench201Space } from '../../src/hub/index.ts'
import { search } from '../../src/index.ts'
import { initialWeights, networkCost } from '../../src/network/index.ts'
import { childOf } from '../../src/search/bench.ts'
import { openRun } from '../../src/search/node/runs.ts'
import { checkReduced, reducedChild } from '../../src/search/reduced.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { evaluate } from '../../src/train/index.ts'
import { openDataset } from '../../src/data/index.ts'
import { subset } from '../../src/data/records.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-reduced-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runtime = await createNodeRuntime()
const dataset = await openDataset('digits')
const space = nasBench201Space()
const bench = { runtime, dataset, space, openBatches: inProcessBatches, threads: 1, shared: true, device: 'cpu' } as const
const architecture = space.parse('|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|none~2|')
const config = (fidelity: object) => ({ space: 'nas-bench-201', fidelity: { epochs: 1, ...fidelity } })

describe('a smaller network in place of the final one', () => {
  it('has the channels and cells that are asked for', () => {
    const small = reducedChild(bench, architecture, config({ channels: 4, cells: 2 }))
    const same = childOf({ ...bench, space: nasBench201Space({ channels: 4, cells: 2 }) }, architecture)
    expect(small).toEqual(same)
    expect(reducedChild(bench, architecture, config({}))).toEqual(childOf(bench, architecture))
  })

  it('sees pictures averaged down', async () => {
    const small = reducedChild(bench, architecture, config({ side: 4 }))
    expect(small.input.shape).toEqual([1, 8, 8])
    const inner = space.child(architecture, { input: { shape: [1, 4, 4] }, outputs: 10 })
    expect(networkCost(small).parameters).toBe(networkCost(inner).parameters)
    expect(networkCost(small).flops / networkCost(childOf(bench, architecture)).flops).toBeLessThan(0.4)
    // The same as the inner network on pictures that are averaged beforehand.
    const part = subset(
      dataset.valid,
      Uint32Array.from({ length: 20 }, (_, i) => i),
    )
    const pixels = new Uint8Array(20 * 64)
    part.readInputs(
      Int32Array.from({ length: 20 }, (_, i) => i),
      pixels,
    )
    const means = Float32Array.from({ length: 20 * 16 }, (_, i) => {
      const [n, y, x] = [Math.floor(i / 16), Math.floor((i % 16) / 4), i % 4]
      return [0, 1, 8, 9].reduce((sum, at) => sum + pixels[n * 64 + 16 * y + 2 * x + at], 0) / 4
    })
    const averaged = {
      count: 20,
      dtype: 'float32',
      targets: part.targets,
      readInputs: (indices: ArrayLike<number>, into: Uint8Array | Float32Array) =>
        Array.from(indices).forEach((index, i) => into.set(means.subarray(index * 16, index * 16 + 16), i * 16)),
    } as const
    const weights = initialWeights(inner, 3)
    const whole = await evaluate({ runtime, network: small, weights, dataset: { ...dataset, valid: part }, part: 'valid' })
    const direct = await evaluate({
      runtime,
      network: inner,
      weights,
      dataset: { ...dataset, input: { shape: [1, 4, 4] }, valid: averaged },
      part: 'valid',
    })
    expect(whole.metrics.loss).toBeCloseTo(direct.metrics.loss, 5)
  })

  it('is refused where it cannot be', () => {
    const check =
      (fidelity: object, name = 'nas-bench-201', shape = [1, 28, 28]) =>
      () =>
        checkReduced({ epochs: 1, ...fidelity }, name, { shape })
    expect(check({ side: 13 })).toThrow('can be averaged down to 2, 4, 7, 14 pixels, not to 13')
    expect(check({ side: 4 }, 'mlp', [16])).toThrow('Only pictures have a size')
    expect(check({ cells: 2 }, 'chain')).toThrow('no number of cells to set')
    expect(check({ side: 14, channels: 4 })).not.toThrow()
  })

  it('stands for the whole one in a search', async () => {
    const run = await search({
      data: 'digits',
      space: 'nas-bench-201',
      strategy: 'random',
      fidelity: '1ep,4px,4channels',
      budget: '3trials',
      finalEpochs: 1,
      workers: 1,
      out: join(folder, 'run'),
    })
    const { trials } = openRun(run.folder)
    const [{ architecture: text, metrics }] = trials.filter(({ status }) => status === 'finished')
    expect(metrics.parameters).toBe(networkCost(childOf(bench, space.parse(text))).parameters)
    expect(run.best?.metrics.parameters).toBeGreaterThan(0)
    expect(run.test.accuracy).toBeGreaterThan(0)
    await expect(search({ data: 'digits', strategy: 'spos', fidelity: '1ep,4px', out: join(folder, 'b') })).rejects.toThrow(
      'none can be smaller',
    )
  })
})
