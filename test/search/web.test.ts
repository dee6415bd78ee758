import * as ort from 'onnxruntime-web'
import { expect, it } from 'vitest'
import { inProcessBatches } from '../../src/data/batches.ts'
import { type Bench, createInProcessExecutor, createMemoryStore, type FinalTask, runFinal, runLoop } from '../../src/search/index.ts'
import { createWebRuntime } from '../../src/tensor/browser/index.ts'
import { stripesData } from '../train/examples.ts'
import { configOf, smallSpace, strategyOf } from './fakes.ts'

it('searches, trains the winner and tests it in WebAssembly, with nothing of Node', async () => {
  const config = configOf({ budget: { trials: 4 }, fidelity: { epochs: 1 } })
  const runtime = createWebRuntime(ort)
  const bench: Bench = {
    runtime,
    dataset: stripesData(),
    space: smallSpace,
    openBatches: inProcessBatches,
    threads: 1,
    shared: false,
    device: 'wasm',
  }
  const store = createMemoryStore()
  store.append([{ type: 'run-started', config }])
  const end = await runLoop({ config, store, strategy: strategyOf(config), space: smallSpace, executor: createInProcessExecutor(bench) })
  expect(end.reason).toBe('trials')
  expect(store.run()?.trials).toMatchObject({ finished: 4, failed: 0 })
  const best = store.run()?.best
  const task: FinalTask = { architecture: best?.architecture ?? '', config, metrics: best?.metrics, plan: { epochs: 3 } }
  const { outcome, trained } = await runFinal(bench, task, { onPlan: () => {}, onEpoch: () => {} })
  expect(outcome.status).toBe('finished')
  expect(outcome.test.accuracy).toBeGreaterThan(0.5)
  expect(trained?.weights.size).toBeGreaterThan(2)
})
