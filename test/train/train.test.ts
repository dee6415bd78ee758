import { beforeAll, describe, expect, it } from 'vitest'
import { type BatchSource, subset } from '../../src/data/index.ts'
import { UserError } from '../../src/errors.ts'
import { initialWeights, type Weights } from '../../src/network/index.ts'
import type { Runtime, Session } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import {
  decodeState,
  encodeState,
  evaluate,
  measureStep,
  reestimateStatistics,
  trainNetwork,
  type TrainResult,
  type TrainState,
} from '../../src/train/index.ts'
import { scheduleStep, type Stretch } from '../../src/train/pace.ts'
import { chain, conv, relu } from '../network/examples.ts'
import { batchesOf, rowsData, rowsNetwork, settingsFor, stripesData, stripesNetwork } from './examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const dataset = stripesData()
const network = stripesNetwork
const settings = settingsFor(dataset)
const timeless = (result: TrainResult): unknown => ({
  ...result,
  stepMs: 0,
  compileMs: 0,
  curve: result.curve.map((record) => ({ ...record, seconds: 0 })),
})

describe('training', () => {
  it('learns pictures, keeps the best checkpoint, and says the same each time', async () => {
    const steps: number[] = []
    const hooks = { onStep: (step: number, of: number) => (steps.push(step), expect(of).toBe(60), 'continue' as const) }
    const result = await trainNetwork({ runtime, network, dataset, settings, batches: batchesOf(dataset, settings), hooks })
    expect(result).toMatchObject({ status: 'finished', steps: 60 })
    expect(result.curve.map(({ epoch, step }) => [epoch, step])).toEqual([1, 2, 3, 4, 5, 6].map((epoch) => [epoch, epoch * 10]))
    expect(steps).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect(result.metrics.accuracy).toBeGreaterThan(0.9)
    expect(Object.keys(result.metrics).sort()).toEqual(['accuracy', 'auc', 'balanced-accuracy', 'f1', 'loss'])
    expect(result.metrics.accuracy).toBe(Math.max(...result.curve.map(({ metrics }) => metrics.accuracy)))

    const again = await evaluate({ runtime, network, weights: result.weights, dataset, part: 'valid', batchSize: 7 })
    expect(again.metrics.loss).toBeCloseTo(result.metrics.loss, 5)
    const test = await evaluate({ runtime, network, weights: result.weights, dataset })
    expect(test.metrics.accuracy).toBeGreaterThan(0.85)
    expect(test.confusion!.flat().reduce((a, b) => a + b)).toBe(37)
    expect(test.probabilities!.length).toBe(74)
    expect(test.predictions.filter((label, i) => label === dataset.test.targets[i]).length / 37).toBeCloseTo(test.metrics.accuracy, 6)

    const repeated = await trainNetwork({ runtime, network, dataset, settings, batches: batchesOf(dataset, settings) })
    expect(timeless(repeated)).toEqual(timeless(result))
    const seeded = { ...settings, seed: 6 }
    const other = await trainNetwork({ runtime, network, dataset, settings: seeded, batches: batchesOf(dataset, seeded) })
    expect(other.weights.get('l0/weight')).not.toEqual(result.weights.get('l0/weight'))
  })

  it('learns tables with missing values and categories, in the target’s own unit', async () => {
    const data = rowsData()
    const own = settingsFor(data, { epochs: 15, learningRate: 0.01 })
    const result = await trainNetwork({ runtime, network: rowsNetwork, dataset: data, settings: own, batches: batchesOf(data, own) })
    expect(Object.keys(result.metrics).sort()).toEqual(['loss', 'mae', 'r2', 'rmse'])
    const test = await evaluate({ runtime, network: rowsNetwork, weights: result.weights, dataset: data })
    expect(test.metrics.r2).toBeGreaterThan(0.9)
    expect(test.metrics.rmse).toBeGreaterThan(0.1)
    expect(Math.abs(test.predictions[0] - data.test.targets[0])).toBeLessThan(20)
  })

  it('goes on from any saved state as if nothing had happened', async () => {
    const own = { ...settings, epochs: 3, ema: 0.9 }
    const states: TrainState[] = []
    const hooks = { onCheckpoint: async (state: TrainState) => void states.push(decodeState(encodeState(state))) }
    const run = (resumeFrom?: TrainState): Promise<TrainResult> =>
      trainNetwork({ runtime, network, dataset, settings: own, batches: batchesOf(dataset, own), hooks, resumeFrom, checkpointSeconds: 0 })
    const whole = await run()
    // After every step, and after the three epochs.
    expect(states.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    for (const at of [3, 9, 16, 29]) expect(timeless(await run(states[at]))).toEqual(timeless(whole))
  })

  it('ends inside an epoch when told its steps', async () => {
    const own = { ...settings, steps: 13 }
    const result = await trainNetwork({ runtime, network, dataset, settings: own, batches: batchesOf(dataset, own) })
    expect(result).toMatchObject({ status: 'finished', steps: 13 })
    expect(result.curve.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 10],
      [2, 13],
    ])
  })

  it('fails with a reason when the loss is no number', async () => {
    const own = { ...settings, optimizer: 'sgd' as const, learningRate: 1e30, clipNorm: undefined, warmup: 0 }
    const plain = chain([1, 6, 6], 2, [conv(4), relu, { kind: 'flatten' }, { kind: 'dense', units: 2, bias: true }])
    const result = await trainNetwork({ runtime, network: plain, dataset, settings: own, batches: batchesOf(dataset, own) })
    expect(result.status).toBe('failed')
    expect(result.reason).toMatch(/^the loss became (NaN|infinite) at step \d; a lower learning rate/)
    expect(result.metrics).toEqual({})
  })

  it('fails with a reason when the loss grows without end', async () => {
    const own = { ...settings, optimizer: 'sgd' as const, learningRate: 40, clipNorm: 5, warmup: 0, weightDecay: 0 }
    const plain = chain([1, 6, 6], 2, [{ kind: 'flatten' }, { kind: 'dense', units: 2, bias: true }])
    const result = await trainNetwork({ runtime, network: plain, dataset, settings: own, batches: batchesOf(dataset, own) })
    expect(result).toMatchObject({ status: 'failed', metrics: {} })
    expect(result.reason).toMatch(/^training diverged: the loss of epoch [12] is/)
  })

  it('fails with a reason when memory does not suffice, and throws what is no trait of the network', async () => {
    const failing = (message: string): Runtime => ({
      ...runtime,
      createSession: async (...args): Promise<Session> => {
        const session = await runtime.createSession(...args)
        return { ...session, run: () => Promise.reject(new Error(message)) }
      },
    })
    const run = (message: string): Promise<TrainResult> =>
      trainNetwork({ runtime: failing(message), network, dataset, settings, batches: batchesOf(dataset, settings) })
    const result = await run(
      'Non-zero status code returned while running Conv node. Failed to allocate memory for requested buffer of size 9',
    )
    expect(result).toMatchObject({ status: 'failed', metrics: {} })
    expect(result.reason).toMatch(/not enough memory for this network with batches of 16/)
    await expect(run('something else')).rejects.toThrow('something else')
  })

  it('stops at its deadline and keeps the best so far', async () => {
    const own = { ...settings, epochs: 10_000 }
    const began = Date.now()
    const result = await trainNetwork({ runtime, network, dataset, settings: own, batches: batchesOf(dataset, own), deadline: began + 400 })
    expect(result).toMatchObject({ status: 'stopped', reason: 'its time was up' })
    expect(result.steps).toBeLessThan(100_000)
    expect(result.weights.size).toBeGreaterThan(0)
    const late = await trainNetwork({ runtime, network, dataset, settings, batches: batchesOf(dataset, settings), deadline: began })
    expect(late).toMatchObject({ status: 'stopped', steps: 0, metrics: {} })
    expect(late.weights).toEqual(initialWeights(network, settings.seed))
  })

  it('is shortened, not cut off, when its steps are slower than planned', async () => {
    const own = { ...settings, epochs: 10_000 }
    const states: TrainState[] = []
    const result = await trainNetwork({
      runtime,
      network,
      dataset,
      settings: own,
      batches: batchesOf(dataset, own),
      deadline: Date.now() + 1000,
      elastic: 100_000,
      checkpointSeconds: 0,
      hooks: {
        async onCheckpoint(state) {
          states.push(state)
        },
      },
    })
    expect(result.steps).toBeLessThan(100_000)
    const last = states[states.length - 1]
    // As planned it would have come through a hundredth of its schedule; a machine that is interrupted at the very end leaves a part of it.
    expect(scheduleStep(last.stretch as Stretch, 100_000, result.steps)).toBeGreaterThan(50_000)
    expect(decodeState(encodeState(last)).stretch).toEqual(last.stretch)
  })

  it('stops when a hook or a signal says so', async () => {
    const run = (hooks: object, signal?: AbortSignal): Promise<TrainResult> =>
      trainNetwork({ runtime, network, dataset, settings, batches: batchesOf(dataset, settings), hooks, signal })
    expect(await run({ onEpoch: async () => ({ stop: 'enough' }) })).toMatchObject({ status: 'stopped', reason: 'enough', steps: 10 })
    expect(await run({ onStep: (step: number) => (step === 4 ? { stop: 'now' } : 'continue') })).toMatchObject({
      status: 'stopped',
      reason: 'now',
      steps: 4,
    })
    const controller = new AbortController()
    const aborting = run({ onStep: (step: number) => (step === 12 && controller.abort(), 'continue') }, controller.signal)
    expect(await aborting).toMatchObject({ status: 'stopped', reason: 'it was cancelled', steps: 12 })
  })

  it('ends early when nothing gets better', async () => {
    const own = { ...settings, epochs: 50, learningRate: 0, patience: 3, warmup: 0, momentum: 0, nesterov: false }
    const still = chain([1, 6, 6], 2, [{ kind: 'flatten' }, { kind: 'dense', units: 2, bias: true }])
    const result = await trainNetwork({ runtime, network: still, dataset, settings: own, batches: batchesOf(dataset, own) })
    expect(result).toMatchObject({ status: 'finished', steps: 40 })
    expect(result.reason).toMatch(/no better validation result for 3 epochs/)
  })

  it('takes a batch larger than the data, and a data set without validation', async () => {
    const small = { ...stripesData(20), valid: subset(dataset.valid, []) }
    const own = { ...settings, batchSize: 512, epochs: 2 }
    const result = await trainNetwork({ runtime, network, dataset: small, settings: own, batches: batchesOf(small, own) })
    expect(result).toMatchObject({ status: 'finished', steps: 2, metrics: {} })
    expect(result.curve[1].validLoss).toBeNaN()
    expect(result.weights.get('l0/weight')).not.toEqual(initialWeights(network, own.seed).get('l0/weight'))
    const none: BatchSource = { batches: 0, batchSize: 1, batch: () => Promise.reject(new Error()), close: async () => {} }
    await expect(trainNetwork({ runtime, network, dataset, settings, batches: none })).rejects.toThrow(UserError)
  })

  it('begins from given weights', async () => {
    const initial: Weights = initialWeights(network, 99)
    const own = { ...settings, learningRate: 0, epochs: 1 }
    const result = await trainNetwork({ runtime, network, dataset, settings: own, batches: batchesOf(dataset, own), initial })
    expect(result.weights.get('l0/weight')!.data).toEqual(initial.get('l0/weight')!.data)
  })
})

describe('helpers of training', () => {
  it('re-estimate batch norm’s statistics', async () => {
    const weights = initialWeights(network, 1)
    const batches = batchesOf(dataset, { ...settings, augmentation: {} }, { batchSize: 160 })
    const fresh = await reestimateStatistics({ runtime, network, dataset, weights, batches })
    expect(fresh.get('l0/weight')).toEqual(weights.get('l0/weight'))
    // The first convolution's mean over the whole training part, from its weights and the mean of what lies under each tap.
    const images = new Uint8Array(160 * 36)
    dataset.train.readInputs(
      Array.from({ length: 160 }, (_, i) => i),
      images,
    )
    const filter = weights.get('l0/weight')!.data
    let sum = 0
    for (let i = 0; i < 160; i++) {
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 6; x++) {
          for (let tap = 0; tap < 9; tap++) {
            const [row, column] = [y + Math.floor(tap / 3) - 1, x + (tap % 3) - 1]
            if (row >= 0 && row < 6 && column >= 0 && column < 6) sum += (filter[tap] * (images[i * 36 + row * 6 + column] - 75)) / 60
          }
        }
      }
    }
    expect(fresh.get('l1/mean')!.data[0]).toBeCloseTo(sum / (160 * 36), 4)
    expect(fresh.get('l1/variance')!.data.every((value) => value > 0 && value !== 1)).toBe(true)
  })

  it('measure a step', async () => {
    const measured = await measureStep({ runtime, network, dataset, settings, batches: batchesOf(dataset, settings), steps: 3 })
    for (const value of Object.values(measured)) expect(value).toBeGreaterThan(0)
  })

  it('refuse a damaged state', () => {
    expect(() => decodeState(new Uint8Array(20))).toThrow(UserError)
    const state = encodeState({ step: 1, tensors: new Map(), curve: [] })
    expect(decodeState(state)).toEqual({ step: 1, tensors: new Map(), curve: [] })
    expect(() => decodeState(state.subarray(0, 30))).toThrow(UserError)
  })
})
