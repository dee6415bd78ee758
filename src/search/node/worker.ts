// Entry of a worker process: waits for one request after another on its channel and ends with it.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openBatches, openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import { loadModel, saveModel, summarizeData, takeExamples, type TestResult } from '../../model/artifact.ts'
import { summarizeTest } from '../../model/test-result.ts'
import { createSessionCache } from '../../tensor/index.ts'
import { createNodeRuntime } from '../../tensor/node/index.ts'
import { decodeState, encodeState, evaluate, type TrainState } from '../../train/index.ts'
import { type Bench, finite } from '../bench.ts'
import type { RunConfig } from '../events.ts'
import { type FinalOutcome, runFinal } from '../final.ts'
import { measureTrial, runTrial, type Trained } from '../trial.ts'
import type { Compute, Message, Order, Request, Results } from './protocol.ts'
import { finalStateName, writeWhole } from './runs.ts'
import { loadSpace } from './spaces.ts'

/** Session memory that is kept for the next equal network: what is measured is trained next. */
const cacheBytes = 128 * 2 ** 20
const memoryReportMs = 500
/** A state of the final training is written at most this often. */
const stateMs = 15_000

const runtime = createNodeRuntime()
const cache = createSessionCache({ maxBytes: cacheBytes })
let opened: { readonly key: string; readonly parts: Promise<Pick<Bench, 'dataset' | 'space'>> } | undefined
let cancel = new AbortController()
let go: () => void = () => {}

const say = (message: Message): void => void process.send?.(message)

async function openParts(config: RunConfig): Promise<Pick<Bench, 'dataset' | 'space'>> {
  const [dataset, space] = await Promise.all([
    openDataset(config.data, { target: config.target, seed: config.seed }),
    loadSpace({ name: config.space, hash: config.spaceHash }),
  ])
  return { dataset, space }
}

async function benchFor(config: RunConfig, { threads, shared }: Compute): Promise<Bench> {
  const key = JSON.stringify([config.data, config.target, config.seed, config.space, config.spaceHash])
  if (opened?.key !== key) opened = { key, parts: openParts(config) }
  return { runtime: await runtime, ...(await opened.parts), openBatches, threads, shared, device: config.device, cache }
}

/** Keeps a trained network with all that an export needs later, without the data. */
async function keep(folder: string, { dataset }: Bench, config: RunConfig, trained: Trained, test?: TestResult): Promise<void> {
  const { architecture, network, weights, metrics, curve } = trained
  const { version, space } = config
  const data = summarizeData(dataset)
  const examples = takeExamples(dataset.valid, dataset.input)
  await saveModel({ version, architecture, space, network, weights, data, metrics, curve, examples, ...(test ? { test } : {}) }, folder)
}

async function answer(request: Request): Promise<Results[keyof Results]> {
  if (request.type === 'measure') return measureTrial(await benchFor(request.config, request.compute), request.config)
  if (request.type === 'adopt') return adopt(await benchFor(request.config, request.compute), request.from, request.folder)
  const bench = await benchFor(request.task.config, request.compute)
  const { signal } = cancel
  if (request.type === 'trial') {
    const { task, folder } = request
    const { end, trained } = await runTrial(bench, task, { signal, onEpoch: (record) => say({ type: 'epoch', record }) })
    // On the disk before the trial counts as finished.
    if (trained && folder !== undefined) await keep(folder, bench, task.config, trained)
    return end
  }
  return answerFinal(bench, request, signal)
}

async function answerFinal(
  bench: Bench,
  { task, folder }: Extract<Request, { type: 'final' }>,
  signal: AbortSignal,
): Promise<FinalOutcome> {
  const state = join(folder, finalStateName)
  let saved = Date.now()
  const { outcome, trained } = await runFinal(bench, task, {
    signal,
    resumeFrom: savedState(state),
    onEpoch: (record) => say({ type: 'epoch', record }),
    onPlan: (plan) =>
      new Promise((resolve) => {
        go = resolve
        say({ type: 'planned', plan })
      }),
    async onCheckpoint(now) {
      if (Date.now() - saved < stateMs) return
      saved = Date.now()
      mkdirSync(folder, { recursive: true })
      writeWhole(state, encodeState(now))
    },
  })
  if (trained) {
    await keep(folder, bench, task.config, trained, summarizeTest(bench.dataset, trained.tested))
    rmSync(state, { force: true })
  }
  return outcome
}

async function adopt({ dataset, runtime, threads, device }: Bench, from: string, folder: string): Promise<FinalOutcome> {
  const model = await loadModel(from)
  const tested = await evaluate({ runtime, network: model.network, weights: model.weights, dataset, part: 'test', threads, device })
  await saveModel({ ...model, test: summarizeTest(dataset, tested) }, folder)
  return { status: 'finished', metrics: model.metrics, test: finite(tested.metrics) }
}

/** The state that a killed process left; a damaged one is as good as none. */
function savedState(path: string): TrainState | undefined {
  if (!existsSync(path)) return undefined
  try {
    return decodeState(readFileSync(path), path)
  } catch {
    return undefined
  }
}

async function handle(request: Request): Promise<void> {
  cancel = new AbortController()
  try {
    say({ type: 'done', result: await answer(request) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    say({ type: 'failed', message, mendable: error instanceof UserError })
  }
}

process.on('message', (order: Order) => {
  if (order.type === 'cancel') cancel.abort()
  else if (order.type === 'go') go()
  else void handle(order)
})
// The coordinator decides what an interrupt means; without it there is nobody to work for.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
setInterval(() => say({ type: 'memory', bytes: process.memoryUsage.rss() }), memoryReportMs).unref()
