import * as ort from 'onnxruntime-web'
import { expect, it } from 'vitest'
import { compile, dropout, input, normalNoise, type NoiseKey, uniformNoise } from '../../src/tensor/index.ts'
import { createWebRuntime } from '../../src/tensor/browser/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { goldenBatch, goldenProgram, goldenTrainings, goldenWeights } from '../suites/golden-networks.ts'

const web = createWebRuntime(ort)

it('trains on WebAssembly as PyTorch does', async () => {
  const golden = goldenTrainings.mobile
  const training = await goldenProgram('mobile', { runtime: web })
  training.load(goldenWeights(golden))
  for (const [step, learningRate] of golden.rates.entries()) {
    const { loss } = await training.step(goldenBatch(step), { learningRate })
    expect(Math.abs(loss - golden.losses[step])).toBeLessThan(2e-5)
  }
  await training.release()
})

it('has the same noise on WebAssembly as in the native library', async () => {
  const key: NoiseKey = { seed: input('seed', [], 'uint32'), step: input('step', [], 'uint32') }
  const graph = {
    uniform: uniformNoise([50, 30], key, 4),
    normal: normalNoise([50, 30], key, 5),
    dropped: dropout(uniformNoise([50, 30], key, 6), { rate: 0.4, noise: key, layer: 7 }),
  }
  const feeds = { seed: Uint32Array.of(4_123_456_789), step: Uint32Array.of(77) }
  const [native, wasm] = [await compile(await createNodeRuntime(), graph), await compile(web, graph)]
  const [a, b] = [await native.run(feeds), await wasm.run(feeds)]
  expect(b.uniform.data).toEqual(a.uniform.data)
  expect(b.dropped.data).toEqual(a.dropped.data)
  // Logarithms may be rounded another way.
  for (const [i, value] of Array.from(b.normal.data, Number).entries()) expect(value).toBeCloseTo(Number(a.normal.data[i]), 5)
  await native.release()
  await wasm.release()
})
