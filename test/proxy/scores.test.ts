import { beforeAll, describe, expect, it } from 'vitest'
import type { Batch, Dataset } from '../../src/data/index.ts'
import { batchMaker } from '../../src/data/index.ts'
import { findSpace } from '../../src/hub/index.ts'
import { initialWeights, type Network, networkCost, parameterSpecs, type Weights } from '../../src/network/index.ts'
import { namedStream } from '../../src/network/random.ts'
import { findScore, Scorer, scoreNetwork, type ScoringOptions, zeroCostScores } from '../../src/proxy/zero-cost/index.ts'
import { randomFor, type SearchSpace } from '../../src/space/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { chain, conv, node, relu, resnet } from '../network/examples.ts'
import { elastic, plain } from '../oneshot/fixtures.ts'
import { formulaTensor, readGolden } from '../suites/golden.ts'
import { rowsData, rowsNetwork, stripesData, stripesNetwork } from '../train/examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const named = (names: string) => names.split(',').map(findScore)
/** Inputs that need no normalising: a mean of 0 and a scale of 1 for each channel, or for each number of a vector. */
const taskOf = (shape: readonly number[], classes: number): ScoringOptions['data'] => ({
  task: 'classification',
  input: { shape },
  classes: Array.from({ length: classes }, (_, i) => `${i}`),
  normalization: { mean: Array.from({ length: shape[0] }, () => 0), scale: Array.from({ length: shape[0] }, () => 1) },
})
const oneHot = (count: number, classes: number): Float32Array =>
  Float32Array.from({ length: count * classes }, (_, i) => Number(i % classes === Math.floor(i / classes) % classes))

/** Scores of a network on a batch of a data set. */
const onData = (dataset: Dataset, network: Network, names: string, seed = 0, batchSize = 16) =>
  scoreNetwork(network, { runtime, data: dataset, batch: batchMaker(dataset, { batchSize, seed }).make(0, 0), scores: named(names), seed })

describe('scores beside PyTorch', () => {
  const network: Network = {
    input: { shape: [2, 6, 6] },
    outputs: 3,
    output: 'classes',
    nodes: [
      node('stem', conv(4), 'input'),
      node('norm1', { kind: 'batch-norm' }, 'stem'),
      node('relu1', relu, 'norm1'),
      node('inner', conv(4), 'relu1'),
      node('norm2', { kind: 'batch-norm' }, 'inner'),
      node('sum', { kind: 'add' }, 'norm2', 'relu1'),
      node('relu2', relu, 'sum'),
      node('pool', { kind: 'average-pool', size: 2, stride: 2 }, 'relu2'),
      node('point', conv(5, 1, 1, { bias: true }), 'pool'),
      node('relu3', relu, 'point'),
      node('mean', { kind: 'global-average-pool' }, 'relu3'),
      node('classes', { kind: 'dense', units: 3, bias: true }, 'mean'),
    ],
  }
  // In the order of test/golden/zero-cost.py, which numbers them so.
  const order = [
    'stem/weight',
    'norm1/scale',
    'norm1/shift',
    'inner/weight',
    'norm2/scale',
    'norm2/shift',
    'point/weight',
    'point/bias',
    'classes/weight',
    'classes/bias',
  ]
  const weights: Weights = new Map(
    parameterSpecs(network).map(({ name, shape }) => {
      const place = order.indexOf(name)
      const data = place < 0 ? new Float32Array(shape[0]) : formulaTensor(shape, 1 + place, 0.7)
      return [name, { shape, data: name.endsWith('/scale') ? data.map((value) => value + 1) : data }]
    }),
  )
  const golden = readGolden('zero-cost.json') as Readonly<Record<string, number>>

  it.each(Object.keys(golden))('%s', async (name) => {
    const batch: Batch = { inputs: formulaTensor([6, 2, 6, 6], 50), targets: oneHot(6, 3) }
    const scores = await scoreNetwork(network, { runtime, data: taskOf([2, 6, 6], 3), batch, scores: named(name), seed: 0, weights })
    expect(scores[name] / golden[name]).toBeCloseTo(1, 4)
  })
})

describe('scores beside another way to compute them', () => {
  /** 2 inputs, 3 hidden units, 2 classes. */
  const network = chain([2], 2, [{ kind: 'dense', units: 3, bias: false }, relu, { kind: 'dense', units: 2, bias: false }])
  const first = [1, -2, 0.5, 3, 1, -1]
  const second = [2, -1, 0.5, 1, -3, 0.25]
  const weights: Weights = new Map([
    ['l0/weight', { shape: [2, 3], data: Float32Array.from(first) }],
    ['l2/weight', { shape: [3, 2], data: Float32Array.from(second) }],
  ])
  const inputs = [0.5, 1, -1, 0.25, 2, -0.5, 1.5, 1]
  const options = {
    data: taskOf([2], 2),
    batch: { inputs: Float32Array.from(inputs), targets: oneHot(4, 2) },
    seed: 0,
    weights,
  }

  /** Values of the hidden units, their effect on the loss and the loss itself, by loops. `added` goes on hidden unit j of all examples. */
  function loss(all: readonly number[]): number {
    let sum = 0
    for (let n = 0; n < 4; n++) {
      const hidden = [0, 1, 2].map((j) => Math.max(0, inputs[2 * n] * all[j] + inputs[2 * n + 1] * all[3 + j]))
      const output = [0, 1].map((k) => hidden.reduce((total, value, j) => total + value * all[6 + 2 * j + k], 0))
      sum += Math.log(Math.exp(output[0]) + Math.exp(output[1])) - output[n % 2]
    }
    return sum / 4
  }
  const all = [...first, ...second]
  const moved = (at: readonly number[], i: number, by: number): number[] => at.map((value, k) => (k === i ? value + by : value))
  const slopesAt = (at: readonly number[]): number[] => at.map((_, i) => (loss(moved(at, i, 1e-5)) - loss(moved(at, i, -1e-5))) / 2e-5)

  it('grad-norm, snip and grasp are those of finite differences', async () => {
    const scores = await scoreNetwork(network, { ...options, runtime, scores: named('grad-norm,snip,grasp') })
    const slopes = slopesAt(all)
    const length = (values: readonly number[]): number => Math.hypot(...values)
    expect(scores['grad-norm']).toBeCloseTo(length(slopes.slice(0, 6)) + length(slopes.slice(6)), 4)
    expect(scores.snip).toBeCloseTo(
      slopes.reduce((sum, slope, i) => sum + Math.abs(slope * all[i]), 0),
      4,
    )
    // H g is how the gradient changes along itself.
    const along = (by: number): number[] => slopesAt(all.map((value, i) => value + by * slopes[i]))
    const [up, down] = [along(1e-3), along(-1e-3)]
    expect(scores.grasp).toBeCloseTo(-all.reduce((sum, weight, i) => sum + (weight * (up[i] - down[i])) / 2e-3, 0), 3)
  })

  it('synflow adds up the products along all paths, each as often as it has weights', async () => {
    const scores = await scoreNetwork(network, { ...options, runtime, scores: named('synflow') })
    let sum = 0
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 2; k++) sum += 2 * Math.abs(first[3 * i + j]) * Math.abs(second[2 * j + k])
    expect(scores.synflow).toBeCloseTo(Math.log(sum), 5)
  })

  it('fisher squares what each unit moves the loss by', async () => {
    const scores = await scoreNetwork(network, { ...options, runtime, scores: named('fisher') })
    let sum = 0
    for (let n = 0; n < 4; n++) {
      const before = [0, 1, 2].map((j) => inputs[2 * n] * first[j] + inputs[2 * n + 1] * first[3 + j])
      const output = [0, 1].map((k) => before.reduce((total, value, j) => total + Math.max(0, value) * second[2 * j + k], 0))
      const chances = output.map((value) => Math.exp(value) / (Math.exp(output[0]) + Math.exp(output[1])))
      const up = [0, 1].map((k) => (chances[k] - Number(n % 2 === k)) / 4)
      for (const k of [0, 1]) sum += (output[k] * up[k]) ** 2
      for (const j of [0, 1, 2]) if (before[j] > 0) sum += (before[j] * (second[2 * j] * up[0] + second[2 * j + 1] * up[1])) ** 2
    }
    expect(scores.fisher).toBeCloseTo(sum / 8, 5)
  })

  it('naswot is the determinant of agreeing codes', async () => {
    const scores = await scoreNetwork(
      chain([2], 2, [{ kind: 'dense', units: 3, bias: false }, relu, { kind: 'dense', units: 2, bias: false }]),
      {
        ...options,
        batch: { inputs: Float32Array.from([1, 0.1, -1, 1]), targets: oneHot(2, 2) },
        runtime,
        scores: named('naswot'),
      },
    )
    // Before ReLU: (1.3, −1.9, 0.4) and (2, 3, −1.5): they agree in the first unit only, each agrees with itself in three.
    expect(scores.naswot).toBeCloseTo(Math.log(3 * 3 - 1 * 1), 6)
  })

  it('jacob-cov of two examples follows from their correlation', async () => {
    const scores = await scoreNetwork(network, {
      ...options,
      batch: { inputs: Float32Array.from([1, 0.1, -1, 1]), targets: oneHot(2, 2) },
      runtime,
      scores: named('jacob-cov'),
    })
    // Gradients of the outputs' sum in two columns always have the correlation 1 or −1: eigenvalues 2 and 0.
    expect(scores['jacob-cov']).toBeCloseTo(-(Math.log(2 + 1e-5) + 1 / (2 + 1e-5) + Math.log(1e-5) + 1e5), -1)
  })

  it('zen is the change of the features and the deviation that the norm hides', async () => {
    const small = chain([3, 2, 2], 2, [
      conv(2, 1),
      { kind: 'batch-norm' },
      relu,
      { kind: 'global-average-pool' },
      { kind: 'dense', units: 2, bias: true },
    ])
    const seed = 5
    const fresh = initialWeights(small, seed)
    const scores = await scoreNetwork(small, {
      runtime,
      data: taskOf([3, 2, 2], 2),
      batch: { inputs: new Float32Array(4 * 12), targets: oneHot(4, 2) },
      scores: named('zen'),
      seed,
    })
    const random = namedStream('zen', seed)
    const noise: number[] = []
    const changed: number[] = []
    for (let i = 0; i < 48; i++) {
      noise.push(random.normal())
      changed.push(noise[i] + 0.01 * random.normal())
    }
    // He's initialisation has the variance 2 / 3 here.
    const weight = [...(fresh.get('l0/weight')?.data ?? [])].map((value) => value / Math.sqrt(2 / 3))
    const features = (x: readonly number[]) => {
      const variances: number[] = []
      const values: number[][] = []
      for (const channel of [0, 1]) {
        const y = Array.from({ length: 16 }, (_, i) => {
          const [n, at] = [Math.floor(i / 4), i % 4]
          return [0, 1, 2].reduce((sum, c) => sum + weight[3 * channel + c] * x[12 * n + 4 * c + at], 0)
        })
        const mean = y.reduce((sum, value) => sum + value, 0) / 16
        const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 16
        variances.push(variance)
        values.push(y.map((value) => Math.max(0, (value - mean) / Math.sqrt(variance + 1e-5))))
      }
      return { values, variance: (variances[0] + variances[1]) / 2 }
    }
    const [before, after] = [features(noise), features(changed)]
    let length = 0
    for (let n = 0; n < 4; n++) {
      let square = 0
      for (const c of [0, 1]) for (let at = 0; at < 4; at++) square += (after.values[c][4 * n + at] - before.values[c][4 * n + at]) ** 2
      length += Math.sqrt(square) / 4
    }
    expect(scores.zen).toBeCloseTo(Math.log(length) + Math.log(before.variance) / 2, 3)
  })

  it('flops and params are the cost', async () => {
    const scores = await scoreNetwork(network, { ...options, runtime, scores: named('flops,params') })
    expect(scores.params).toBe(12)
    expect(scores.flops).toBe(networkCost(network).flops)
  })
})

describe('scores of any network', () => {
  const every = zeroCostScores.map(({ name }) => name).join(',')

  it('are the same for the same seed, others for another', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => onData(stripesData(), stripesNetwork, every, seed)))
    expect(same).toEqual(one)
    for (const name of every.split(',').filter((score) => !['flops', 'params'].includes(score))) expect(other[name]).not.toBe(one[name])
  })

  it('are the same together and alone', async () => {
    const together = await onData(stripesData(), stripesNetwork, every)
    for (const name of every.split(',')) {
      const alone = await onData(stripesData(), stripesNetwork, name)
      expect(Math.abs(alone[name] - together[name])).toBeLessThanOrEqual(1e-3 * Math.abs(together[name]))
    }
  })

  it('take tables with categories and missing values', async () => {
    const scores = await onData(rowsData(), rowsNetwork, every)
    for (const name of every.split(',')) expect(scores[name], name).not.toBeNaN()
    for (const name of ['grad-norm', 'snip', 'fisher', 'synflow']) expect(Number.isFinite(scores[name]), name).toBe(true)
  })

  it('are numbers or −Infinity where nothing reaches the output', async () => {
    const broken = chain([1, 6, 6], 2, [
      conv(4),
      { kind: 'zero' },
      conv(4),
      { kind: 'batch-norm' },
      relu,
      { kind: 'global-average-pool' },
      { kind: 'dense', units: 2, bias: true },
    ])
    const scores = await onData(stripesData(), broken, every)
    for (const name of ['naswot', 'synflow', 'zen', 'jacob-cov']) expect(scores[name], name).toBe(-Infinity)
    // The bias of the last layer alone has a gradient, and it is no weight.
    for (const name of ['grad-norm', 'snip', 'grasp', 'fisher']) expect(scores[name], name).toBeCloseTo(0, 6)
  })

  it('are −Infinity for naswot without activations, and defined for the others', async () => {
    const linear = chain([1, 6, 6], 2, [{ kind: 'flatten' }, { kind: 'dense', units: 2, bias: true }])
    const scores = await onData(stripesData(), linear, every)
    expect(scores.naswot).toBe(-Infinity)
    for (const name of every.split(',')) expect(scores[name], name).not.toBeNaN()
  })

  it('synflow keeps the digits of networks whose values grow beyond float32', async () => {
    const deep = (depth: number): Network =>
      chain([8], 2, [
        ...Array.from({ length: depth }, () => ({ kind: 'dense', units: 8, bias: false }) as const),
        { kind: 'dense', units: 2, bias: false },
      ])
    const network = deep(50)
    const specs = parameterSpecs(network)
    const weights: Weights = new Map(
      specs.map(({ name, shape }) => [name, { shape, data: new Float32Array(shape[0] * shape[1]).fill(-1) }]),
    )
    const data = taskOf([8], 2)
    const batch = { inputs: new Float32Array(16), targets: oneHot(2, 2) }
    const scores = await scoreNetwork(network, { runtime, data, batch, scores: named('synflow'), seed: 0, weights })
    // 8^51 · 2 paths of 51 weights.
    expect(scores.synflow).toBeCloseTo(51 * Math.log(8) + Math.log(2) + Math.log(51), 4)
  })
})

describe('scores of all networks of a space as one graph', () => {
  const scorerOf = (space: SearchSpace, expected: number): Scorer => {
    const dataset = stripesData()
    const batch = batchMaker(dataset, { batchSize: 8, seed: 0 }).make(0, 0)
    return new Scorer({ runtime, data: dataset, batch, scores: zeroCostScores, seed: 3, space, expected })
  }

  it.each([
    ['plain', plain],
    ['nas-bench-201', findSpace('nas-bench-201:channels=8')],
  ])('are those of each network by itself: %s', async (_, space) => {
    const [whole, single] = [scorerOf(space, 1000), scorerOf(space, 1)]
    for (let i = 0; i < 6; i++) {
      const architecture = space.sample(randomFor(1, 'test', i))
      const [together, alone] = [await whole.score(architecture), await single.score(architecture)]
      for (const [name, value] of Object.entries(alone)) {
        if (Number.isFinite(value))
          expect(Math.abs(together[name] - value), `${name} of ${space.print(architecture)}`).toBeLessThanOrEqual(
            2e-3 * Math.abs(value) + 1e-6,
          )
        else expect(together[name]).toBe(value)
      }
    }
    await Promise.all([whole.release(), single.release()])
  })

  it('go network by network where sizes are searched', async () => {
    const scorer = scorerOf(elastic, 1000)
    const scores = await scorer.score(elastic.sample(randomFor(0, 'test', 0)))
    expect(scores.naswot).toBeGreaterThan(0)
    await scorer.release()
  })

  it('score equal networks once', async () => {
    const space = findSpace('nas-bench-201:channels=8')
    const scorer = scorerOf(space, 1)
    const one = await scorer.score(space.parse('|nor_conv_3x3~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|'))
    const equal = await scorer.score(space.parse('|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|'))
    expect(equal).toBe(one)
    expect(scorer.distinct).toBe(1)
    await scorer.release()
  })

  it('score a residual network', async () => {
    const dataset: ScoringOptions['data'] = taskOf([3, 8, 8], 10)
    const batch = { inputs: formulaTensor([10, 3, 8, 8], 3), targets: oneHot(10, 10) }
    const scores = await scoreNetwork(resnet(1, 10, 3, 8), { runtime, data: dataset, batch, scores: zeroCostScores, seed: 0 })
    for (const [name, value] of Object.entries(scores)) expect(Number.isFinite(value), name).toBe(true)
  })
})
