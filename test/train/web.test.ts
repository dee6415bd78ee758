import * as ort from 'onnxruntime-web'
import { expect, it } from 'vitest'
import { createWebRuntime } from '../../src/tensor/browser/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { trainNetwork, type TrainResult } from '../../src/train/index.ts'
import { batchesOf, settingsFor, stripesData, stripesNetwork } from './examples.ts'

it('trains in WebAssembly as it does natively', async () => {
  const dataset = stripesData()
  const settings = settingsFor(dataset, { epochs: 2 })
  const train = (runtime: Runtime): Promise<TrainResult> =>
    trainNetwork({ runtime, network: stripesNetwork, dataset, settings, batches: batchesOf(dataset, settings) })
  const web = await train(createWebRuntime(ort))
  const native = await train(await createNodeRuntime())
  expect(web.status).toBe('finished')
  expect(web.steps).toBe(20)
  for (const [i, record] of web.curve.entries()) expect(record.trainLoss).toBeCloseTo(native.curve[i].trainLoss, 3)
})
