import { beforeAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { expectFingerprint } from '../suites/golden.ts'
import { goldenBatch, goldenProgram, goldenTrainings, goldenWeights } from '../suites/golden-networks.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

describe.each(['plain', 'auto'] as const)('20 training steps as in PyTorch, %s layout', (layout) => {
  it.each(Object.entries(goldenTrainings))('%s', async (name, golden) => {
    const training = await goldenProgram(name, { runtime, layout })
    training.load(goldenWeights(golden))
    for (const [step, learningRate] of golden.rates.entries()) {
      const { loss } = await training.step(goldenBatch(step), { learningRate })
      expect(Math.abs(loss - golden.losses[step]), `loss at step ${step}: ${loss}, not ${golden.losses[step]}`).toBeLessThan(2e-5)
    }
    const weights = training.weights()
    for (const [parameter, print] of Object.entries(golden.final)) {
      expectFingerprint(parameter, weights.get(parameter)?.data ?? new Float32Array(), print, 1e-4)
    }
    await training.release()
  })
})
