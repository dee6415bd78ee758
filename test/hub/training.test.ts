import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inProcessBatches } from '../../src/data/index.ts'
import { spaces } from '../../src/hub/index.ts'
import { exportModel } from '../../src/model/export.ts'
import { randomFor } from '../../src/space/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { defaultSettings, trainNetwork } from '../../src/train/index.ts'
import { modelOf, pictureData, tableData } from '../model/fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-hub-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

describe('architectures of every space', () => {
  const [pictures, table] = [pictureData([1, 8, 8], ['a', 'b', 'c']), tableData('classification', ['a', 'b', 'c'])]

  it.each(spaces.map((entry) => [entry.name, entry] as const))(
    'train a step and are exported: %s',
    async (name, entry) => {
      const { cells = 1 } = entry.frame ?? {}
      const made = entry.make(entry.frame && { ...entry.frame, ...(cells > 1 ? { cells: 3 } : {}), channels: 4 })
      const dataset = entry.kinds.includes('table') ? table : pictures
      const network = made.child(made.sample(randomFor(11)), { input: dataset.input, outputs: 3 })
      const settings = defaultSettings(dataset, { epochs: 1, batchSize: dataset.train.count, seed: 1 })
      const batches = inProcessBatches(dataset, { batchSize: settings.batchSize, seed: 1, augmentation: settings.augmentation })
      const result = await trainNetwork({ runtime, network, dataset, settings, batches })
      expect(result).toMatchObject({ status: 'finished', steps: 1 })
      expect(result.metrics.loss).toBeGreaterThan(0)
      // An export is refused where it does not do what the network does.
      await exportModel(modelOf(network, dataset, { weights: result.weights }), join(folder, `${name}.onnx`))
    },
    60_000,
  )
})
