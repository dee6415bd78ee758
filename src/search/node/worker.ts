// Entry of a worker process: waits for one request after another on its channel and ends with it.
import { openBatches, openDataset } from '../../data/index.ts'
import { UserError } from '../../errors.ts'
import { createSessionCache } from '../../tensor/index.ts'
import { createNodeRuntime } from '../../tensor/node/index.ts'
import type { Bench } from '../bench.ts'
import type { Verdict } from '../../proxy/proxy.ts'
import type { RunConfig, TrialListener } from '../events.ts'
import { measureTrial, runTrial } from '../trial.ts'
import { judgeTrial } from '../supernet.ts'
import type { SupernetState } from '../../oneshot/index.ts'
import { adoptIn, finishIn, keepPaused, keepTrained, recallPaused, recallTrained } from './kept.ts'
import type { Compute, Message, Order, Request, Results } from './protocol.ts'
import { loadReward } from './rewards.ts'
import { loadSpace } from './spaces.ts'
import { loadSupernet, trainSupernetIn } from './supernet.ts'

/** Session memory that is kept for the next equal network: what is measured is trained next. */
const cacheBytes = 128 * 2 ** 20
const memoryReportMs = 500

const runtime = createNodeRuntime()
const cache = createSessionCache({ maxBytes: cacheBytes })
type Parts = Pick<Bench, 'dataset' | 'space' | 'reward'>
let opened: { readonly key: string; readonly parts: Promise<Parts> } | undefined
/** Shared weights of the run that is judged: they are final then. */
let shared: { readonly run: string; readonly state: SupernetState } | undefined
let cancel = new AbortController()
let answered: (verdict: Verdict) => void = () => {}

const say = (message: Message): void => void process.send?.(message)

async function openParts(config: RunConfig): Promise<Parts> {
  const [dataset, space, reward] = await Promise.all([
    openDataset(config.data, { target: config.target, seed: config.seed }),
    loadSpace({ name: config.space, hash: config.spaceHash }),
    loadReward({ name: config.reward, hash: config.rewardHash }),
  ])
  return { dataset, space, reward }
}

async function benchFor(config: RunConfig, { threads, shared }: Compute): Promise<Bench> {
  const key = JSON.stringify([config.data, config.target, config.seed, config.space, config.spaceHash, config.reward, config.rewardHash])
  if (opened?.key !== key) opened = { key, parts: openParts(config) }
  return { runtime: await runtime, ...(await opened.parts), openBatches, threads, shared, device: config.device, cache }
}

/** Says something and waits until it is recorded, and for what follows from it. */
const asked = (message: Message): Promise<Verdict> =>
  new Promise((resolve) => {
    answered = resolve
    say(message)
  })

const told = async (message: Message): Promise<void> => void (await asked(message))

async function answer(request: Request): Promise<Results[keyof Results]> {
  const config = 'config' in request ? request.config : request.task.config
  const bench = await benchFor(config, request.compute)
  const { signal } = cancel
  const onEpoch = (record: Extract<Message, { type: 'epoch' }>['record']): void => say({ type: 'epoch', record })
  switch (request.type) {
    case 'measure':
      return measureTrial(bench, config)
    case 'trial': {
      const { task, run } = request
      const ancestor = task.inherits === undefined || run === undefined ? undefined : await recallTrained(run, task.inherits)
      const resumeFrom = task.goesOn && request.folder !== undefined ? recallPaused(request.folder) : undefined
      const listener: TrialListener = config.proxies
        ? {
            onEpoch: (record) => asked({ type: 'epoch', record, waits: true }),
            onScores: (scores) => asked({ type: 'scored', scores }),
          }
        : {
            onEpoch(record) {
              onEpoch(record)
              return 'continue'
            },
          }
      const { end, trained, paused } = await runTrial(bench, task, { ...listener, signal, resumeFrom }, ancestor)
      // On the disk before the trial counts as finished.
      if (trained && request.folder !== undefined) await keepTrained(request.folder, bench, config, trained)
      if (config.proxies && request.folder !== undefined) keepPaused(request.folder, paused)
      return end
    }
    case 'judge': {
      if (shared?.run !== request.run) shared = { run: request.run, state: loadSupernet(request.run) }
      const { end, trained } = await judgeTrial(bench, request.task, shared.state)
      if (trained) await keepTrained(request.folder, bench, config, trained)
      return end
    }
    case 'supernet': {
      shared = undefined
      return trainSupernetIn(bench, request.task, request.folder, {
        signal,
        onEpoch: (record) => say({ type: 'supernet-epoch', record }),
        onPlan: (plan) => told({ type: 'supernet-planned', plan }),
      })
    }
    case 'final': {
      const planned = (plan: Extract<Message, { type: 'planned' }>['plan']): Promise<void> => told({ type: 'planned', plan })
      return finishIn(bench, request.task, request.folder, { signal, onEpoch, onPlan: planned })
    }
    case 'adopt':
      return adoptIn(bench, request.from, request.folder)
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
  else if (order.type === 'go') answered('continue')
  else if (order.type === 'stop') answered({ stop: order.reason })
  else void handle(order)
})
// The coordinator decides what an interrupt means; without it there is nobody to work for.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
setInterval(() => say({ type: 'memory', bytes: process.memoryUsage.rss() }), memoryReportMs).unref()
