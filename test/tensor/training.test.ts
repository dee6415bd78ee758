import { beforeAll, describe, expect, it } from 'vitest'
import {
  adamw,
  batchNormInference,
  batchNormTraining,
  convolution,
  createInferenceProgram,
  createSessionCache,
  createTrainingProgram,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  input,
  mul,
  type NamedValues,
  reduceSum,
  type Runtime,
  runningStatistic,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type TrainingOptions,
  type TrainingProgram,
} from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { formulaTensor } from '../suites/golden.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const x = input('x', [6, 3, 8, 8])
const y = input('y', [6, 4])
const parameters = [
  { name: 'convolution/weight', shape: [16, 3, 3, 3], decayed: true },
  { name: 'norm/scale', shape: [16], decayed: false },
  { name: 'norm/shift', shape: [16], decayed: false },
  { name: 'dense/weight', shape: [16, 4], decayed: true },
  { name: 'dense/bias', shape: [4], decayed: false },
]
const statistics = [
  { name: 'norm/mean', shape: [16] },
  { name: 'norm/variance', shape: [16] },
]

/** A convolution, batch norm, dropout and a dense layer: all that state and noise are made of. */
const options = (changes: Partial<TrainingOptions> = {}): TrainingOptions => ({
  runtime,
  inputs: [x, y],
  parameters,
  statistics,
  forward: (get, noise) => {
    const norm = batchNormTraining(convolution(x, get('convolution/weight'), { pads: 1 }), get('norm/scale'), get('norm/shift'), {
      relu: true,
    })
    const features = dropout(flatten(globalAveragePool(norm.output)), { rate: 0.3, noise, layer: 0 })
    const logits = dense(features, get('dense/weight'), get('dense/bias'))
    const running = new Map([
      ['norm/mean', runningStatistic(get('norm/mean'), norm.mean)],
      ['norm/variance', runningStatistic(get('norm/variance'), norm.variance)],
    ])
    return { loss: softmaxCrossEntropy(logits, y), outputs: { logits }, statistics: running }
  },
  optimizer: adamw({ weightDecay: 0.01 }),
  clipNorm: 1,
  ema: 0.9,
  seed: 3,
  ...changes,
})

const start: NamedValues = new Map(
  [...parameters, ...statistics].map(({ name, shape }, i) => {
    const ones = name.endsWith('scale') || name.endsWith('variance')
    const data = ones
      ? new Float32Array(shape[0]).fill(1)
      : name.endsWith('mean')
        ? new Float32Array(shape[0])
        : formulaTensor(shape, i, 0.4)
    return [name, { shape, data }]
  }),
)

const batch = (step: number): Record<string, Float32Array> => {
  const targets = new Float32Array(24)
  for (let n = 0; n < 6; n++) targets[n * 4 + ((n + step) % 4)] = 1
  return { x: formulaTensor([6, 3, 8, 8], 50 + step), y: targets }
}

async function run(program: TrainingProgram, from: number, to: number): Promise<number[]> {
  const losses: number[] = []
  for (let step = from; step < to; step++) losses.push((await program.step(batch(step % 3), { learningRate: 0.01 })).loss)
  return losses
}

describe('a training program', () => {
  it('learns', async () => {
    const program = await createTrainingProgram(options({ clipNorm: undefined }))
    program.load(start)
    const losses: number[] = []
    for (let step = 0; step < 120; step++) losses.push((await program.step(batch(0), { learningRate: 0.02 })).loss)
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(losses.slice(-9))).toBeLessThan(0.5 * mean(losses.slice(0, 9)))
    expect(program.steps).toBe(120)
    await program.release()
  })

  it('goes on bit-equal from a saved state, in another session too', async () => {
    const whole = await createTrainingProgram(options())
    whole.load(start)
    const expected = await run(whole, 0, 12)
    const part = await createTrainingProgram(options())
    part.load(start)
    const before = await run(part, 0, 5)
    const state = structuredClone(part.state())
    await run(part, 5, 8)
    await part.release()
    const again = await createTrainingProgram(options())
    again.restore(state)
    const after = await run(again, 5, 12)
    expect([...before, ...after]).toEqual(expected)
    expect(again.state()).toEqual(whole.state())
    expect(again.emaWeights()).toEqual(whole.emaWeights())
    await again.release()
    await whole.release()
  })

  it('has other noise with another seed, with the same session', async () => {
    const cache = createSessionCache()
    const one = await createTrainingProgram(options({ cache, seed: 1 }))
    const two = await createTrainingProgram(options({ cache, seed: 2 }))
    expect(cache.size.sessions).toBe(1)
    for (const program of [one, two]) program.load(start)
    expect(await run(one, 0, 2)).not.toEqual(await run(two, 0, 2))
    await one.release()
    await two.release()
    await cache.clear()
  })

  it('begins anew when weights are loaded', async () => {
    const program = await createTrainingProgram(options())
    program.load(start)
    const first = await run(program, 0, 3)
    program.load(start)
    expect(program.steps).toBe(0)
    expect(await run(program, 0, 3)).toEqual(first)
    await program.release()
  })

  it('gives back what was loaded, and statistics that follow the data', async () => {
    const program = await createTrainingProgram(options())
    program.load(start)
    expect(program.weights()).toEqual(start)
    expect(program.emaWeights()).toEqual(program.weights())
    const before = program.weights()
    await run(program, 0, 1)
    expect([...program.weights().keys()].sort()).toEqual([...start.keys()].sort())
    expect(program.weights().get('norm/mean')?.data).not.toEqual(start.get('norm/mean')?.data)
    // What was handed out stays as it was.
    expect(before.get('dense/weight')).toEqual(start.get('dense/weight'))
    await program.release()
  })

  it('keeps its state when a step fails', async () => {
    const program = await createTrainingProgram(options())
    program.load(start)
    await run(program, 0, 1)
    const state = program.state()
    await expect(program.step({ x: new Float32Array(3), y: batch(0).y }, { learningRate: 0.1 })).rejects.toThrow(/input x/)
    expect(program.state()).toEqual(state)
    await program.release()
  })

  it('trains the same in both layouts', async () => {
    const [blocked, plain] = [await createTrainingProgram(options()), await createTrainingProgram(options({ layout: 'plain' }))]
    for (const program of [blocked, plain]) program.load(start)
    const [a, b] = [await run(blocked, 0, 10), await run(plain, 0, 10)]
    for (const [i, loss] of a.entries()) expect(loss).toBeCloseTo(b[i], 4)
    await blocked.release()
    await plain.release()
  })

  it('keeps a flat state without statistics, momentum or average', async () => {
    const program = await createTrainingProgram({
      runtime,
      inputs: [input('v', [2])],
      parameters: [{ name: 'p', shape: [2], decayed: false }],
      forward: (get) => ({ loss: reduceSum(mul(get('p'), input('v', [2]))) }),
      optimizer: sgd(),
    })
    program.load(new Map([['p', { shape: [2], data: Float32Array.of(1, 2) }]]))
    const { loss } = await program.step({ v: Float32Array.of(3, 4) }, { learningRate: 0.5 })
    expect(loss).toBe(11)
    expect(program.state()).toEqual({ step: 1, tensors: { parameters: Float32Array.of(-0.5, 0) } })
    await program.release()
  })
})

describe('mistakes', () => {
  const scalarLoss = (get: (name: string) => Tensor): { loss: Tensor } => ({ loss: reduceSum(get('p')) })
  const small = { parameters: [{ name: 'p', shape: [2], decayed: true }], statistics: [], forward: scalarLoss }

  it.each<[string, Partial<TrainingOptions>, RegExp]>([
    ['a loss that is no number', { ...small, forward: (get) => ({ loss: get('p') }) }, /must be one number, got float32\[2\]/],
    ['a parameter that nobody declared', { ...small, forward: (get) => ({ loss: reduceSum(get('q')) }) }, /no parameter or statistic q/],
    [
      'an input that nobody declared',
      { ...small, forward: (get) => ({ loss: reduceSum(mul(get('p'), input('z', [2]))) }) },
      /reads input z/,
    ],
    ['no parameters', { ...small, parameters: [] }, /there are no parameters/],
    ['a name twice', { ...small, parameters: [...small.parameters, ...small.parameters] }, /p comes twice/],
    [
      'a statistic of another shape',
      {
        ...small,
        statistics: [{ name: 's', shape: [3] }],
        forward: (get) => ({ ...scalarLoss(get), statistics: new Map([['s', get('p')]]) }),
      },
      /new s is float32\[2\], not \[3\]/,
    ],
  ])('%s', async (_, changes, message) => {
    await expect(createTrainingProgram(options(changes))).rejects.toThrow(message)
  })

  it('weights that are missing or do not fit, and a state of another program', async () => {
    const program = await createTrainingProgram(options())
    await expect(program.step(batch(0), { learningRate: 0.1 })).rejects.toThrow(/no weights yet/)
    expect(() => program.load(new Map([...start].slice(1)))).toThrow(/no value for convolution\/weight/)
    expect(() => program.load(new Map([...start, ['dense/bias', { shape: [3], data: new Float32Array(3) }]]))).toThrow(
      /dense\/bias has shape \[3\]/,
    )
    expect(() => program.restore({ step: 1, tensors: { parameters: new Float32Array(5) } })).toThrow(/parameters must have/)
    await program.release()
  })
})

describe('an inference program', () => {
  it('uses loaded weights for every batch, and others after another load', async () => {
    const names = [...parameters, ...statistics]
    const program = await createInferenceProgram({
      runtime,
      weights: names,
      forward: (get) => {
        const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((part) => get(`norm/${part}`))
        const norm = batchNormInference(
          convolution(x, get('convolution/weight'), { pads: 1 }),
          { scale, shift, mean, variance },
          { relu: true },
        )
        return { logits: dense(flatten(globalAveragePool(norm)), get('dense/weight'), get('dense/bias')) }
      },
    })
    await expect(program.run(batch(0))).rejects.toThrow(/no weights yet/)
    program.load(start)
    const [first, again] = [await program.run(batch(0)), await program.run(batch(0))]
    expect(first.logits.shape).toEqual([6, 4])
    expect(again.logits.data).toEqual(first.logits.data)
    const bias = Float32Array.of(1, 2, 3, 4)
    const before = start.get('dense/bias')?.data ?? bias
    program.load(new Map([...start, ['dense/bias', { shape: [4], data: bias }]]))
    const changed = await program.run(batch(0))
    for (let i = 0; i < 24; i++) {
      expect(Number(changed.logits.data[i]) - Number(first.logits.data[i])).toBeCloseTo(bias[i % 4] - before[i % 4], 4)
    }
    await program.release()
  })
})
