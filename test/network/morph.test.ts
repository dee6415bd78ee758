import { beforeAll, describe, expect, it } from 'vitest'
import { findSpace } from '../../src/hub/index.ts'
import {
  buildNetwork,
  type ChannelStatistics,
  findMorph,
  inheritByName,
  initialWeights,
  type Layer,
  type Network,
  type NetworkNode,
  parameterSpecs,
  type Weights,
} from '../../src/network/index.ts'
import { namedStream } from '../../src/network/random.ts'
import { randomFor } from '../../src/space/index.ts'
import { compile, constant, input, type Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { conv, node, relu } from './examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const norm: Layer = { kind: 'batch-norm' }
const add: Layer = { kind: 'add' }
const concat: Layer = { kind: 'concat' }
const mean: Layer = { kind: 'global-average-pool' }
const classes: Layer = { kind: 'dense', units: 3, bias: true }
const BATCH = 4

const networkOf = (nodes: readonly NetworkNode[], shape: readonly number[] = [2, 7, 6]): Network => ({
  input: { shape },
  outputs: 3,
  nodes,
  output: nodes[nodes.length - 1].path,
})

/** Weights as after training: nothing is 0 or 1. */
function trained(network: Network, seed = 1): Weights {
  const random = namedStream('trained', seed)
  const value = (name: string, was: number): number => {
    if (/(scale|variance)$/.test(name)) return 0.5 + random.uniform()
    return /(shift|mean|bias|Bias)$/.test(name) ? 0.3 * random.normal() : was
  }
  return new Map(
    [...initialWeights(network, seed)].map(([name, { shape, data }]) => [name, { shape, data: data.map((was) => value(name, was)) }]),
  )
}

const batchFor = ({ input: { shape } }: Network): Float32Array => {
  const random = namedStream('batch', 5)
  return Float32Array.from({ length: BATCH * shape.reduce((a, b) => a * b, 1) }, () => random.normal())
}

/** Values of some nodes of a network, the output's first. */
async function valuesOf(network: Network, weights: Weights, training = false, paths: readonly string[] = []): Promise<Float32Array[]> {
  const get = (name: string, shape: readonly number[]) => constant(weights.get(name)!.data, shape)
  const built = buildNetwork(network, input('x', [BATCH, ...network.input.shape]), get, { training })
  const values = [built.output, ...paths.map((path) => built.values.get(path)!)]
  const program = await compile(runtime, Object.fromEntries(values.map((value, i) => [`v${i}`, value])))
  const results = await program.run({ x: batchFor(network) })
  await program.release()
  return values.map((_, i) => results[`v${i}`].data as Float32Array)
}

const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs))

/** The largest difference of two networks' outputs, as a share of the largest output. */
async function difference(parent: Network, weights: Weights, child: Network, begun: Weights, training = false): Promise<number> {
  const [[want], [got]] = [await valuesOf(parent, weights, training), await valuesOf(child, begun, training)]
  expect(got.length).toBe(want.length)
  expect(largest(want)).toBeGreaterThan(0.01)
  return largest(got.map((value, i) => value - want[i])) / largest(want)
}

/** Asserts that a child is a morph of its parent with these changes, and computes the same. */
async function expectMorph(parent: Network, child: Network, changes: readonly string[]): Promise<Weights> {
  const weights = trained(parent)
  const morph = findMorph(parent, child)
  expect(morph?.changes.toSorted()).toEqual(changes.toSorted())
  const begun = morph!.weights(weights, 3).weights
  expect([...begun].map(([name, { shape }]) => [name, shape])).toEqual(parameterSpecs(child).map(({ name, shape }) => [name, shape]))
  expect(await difference(parent, weights, child, begun)).toBeLessThan(1e-5)
  return begun
}

const block = (name: string, from: string, width: number, kernel = 3, stride = 1): readonly NetworkNode[] => [
  node(`${name}/conv`, conv(width, kernel, stride), from),
  node(`${name}/norm`, norm, `${name}/conv`),
  node(`${name}/relu`, relu, `${name}/norm`),
]
const head = (from: string): readonly NetworkNode[] => [node('mean', mean, from), node('classes', classes, 'mean')]
const plain = (first: number, second: number, kernel = 3): Network =>
  networkOf([...block('a', 'input', first), ...block('b', 'a/relu', second, kernel), ...head('b/relu')])

describe('network morphism keeps the function, batch norm included', () => {
  it('of a network with more channels, whose readers divide what repeated channels give', async () => {
    const begun = await expectMorph(plain(4, 5), plain(7, 9), ['wider'])
    // Net2Wider by hand: filter 4 repeats filter 0 and both together weigh what filter 0 weighed.
    const before = trained(plain(4, 5)).get('b/conv/weight')!.data
    const { data } = begun.get('b/conv/weight')!
    const [own, repeated] = [data[0], data[4 * 9]]
    expect(own + repeated).toBeCloseTo(before[0], 5)
    expect(Math.abs(own - repeated)).toBeGreaterThan(1e-6)
    expect([...begun.get('a/conv/weight')!.data.subarray(4 * 18, 5 * 18)]).toEqual([...begun.get('a/conv/weight')!.data.subarray(0, 18)])
  })

  it('of a network with larger kernels, also strided and with explicit padding', async () => {
    const parent = networkOf([
      ...block('a', 'input', 4, 3, 2),
      node('c', conv(5, 3, 1, { padding: 0, bias: true }), 'a/relu'),
      ...head('c'),
    ])
    const child = networkOf([...block('a', 'input', 4, 7, 2), node('c', conv(5, 5, 1, { padding: 1, bias: true }), 'a/relu'), ...head('c')])
    await expectMorph(parent, child, ['kernel'])
  })

  it('of a network with another block', async () => {
    const parent = networkOf([...block('a', 'input', 4), ...head('a/relu')])
    await expectMorph(parent, plain(4, 4), ['deeper'])
    await expectMorph(parent, plain(4, 6, 5), ['wider'])
  })

  it('of a network with another depthwise-separable block', async () => {
    const parent = networkOf([...block('a', 'input', 4), ...head('a/relu')])
    const child = networkOf([
      ...block('a', 'input', 4),
      node('depthwise', conv(4, 5, 1, { groups: 4, bias: true }), 'a/relu'),
      node('pointwise', conv(4, 1), 'depthwise'),
      node('norm', norm, 'pointwise'),
      node('relu', relu, 'norm'),
      ...head('relu'),
    ])
    await expectMorph(parent, child, ['deeper'])
  })

  it('of a network with a residual block: its branch begins silent', async () => {
    const parent = networkOf([...block('a', 'input', 4), ...head('a/relu')])
    const child = networkOf([
      ...block('a', 'input', 4),
      ...block('r', 'a/relu', 2, 1),
      node('conv', conv(4), 'r/relu'),
      node('norm', norm, 'conv'),
      node('add', add, 'norm', 'a/relu'),
      node('out', relu, 'add'),
      ...head('out'),
    ])
    const begun = await expectMorph(parent, child, ['deeper'])
    expect(largest(begun.get('norm/scale')!.data)).toBe(0)
    // What lies before it is ready to learn.
    expect(largest(begun.get('r/norm/scale')!.data)).toBe(1)
  })

  it('of a network with a skip connection by projection, and one by concatenation', async () => {
    const body = [...block('a', 'input', 4), node('b', conv(6, 3, 2), 'a/relu'), node('n', norm, 'b')]
    const parent = networkOf([...body, node('out', relu, 'n'), ...head('out')])
    const skip = [node('project/conv', conv(6, 1, 2), 'a/relu'), node('project/norm', norm, 'project/conv')]
    await expectMorph(
      parent,
      networkOf([...body, ...skip, node('add', add, 'n', 'project/norm'), node('out', relu, 'add'), ...head('out')]),
      ['skip'],
    )
    const joined = [...block('a', 'input', 4), ...block('b', 'a/relu', 5), node('join', concat, 'b/relu', 'a/relu'), ...head('join')]
    await expectMorph(plain(4, 5), networkOf(joined), ['skip'])
  })

  it('of a network that splits into branches', async () => {
    const parent = networkOf([...block('a', 'input', 4), ...block('b', 'a/relu', 4), ...head('b/relu')])
    const child = networkOf([
      ...block('a', 'input', 4),
      ...block('one', 'a/relu', 4),
      ...block('two', 'a/relu', 4, 5),
      node('add', add, 'one/relu', 'two/relu'),
      ...block('b', 'add', 4),
      ...head('b/relu'),
    ])
    await expectMorph(parent, child, ['branch', 'deeper'])
  })

  it('of sums, concatenations, depthwise convolutions, squeeze and excite, flattening and taken channels that get wider', async () => {
    const made = (a: number, b: number, squeezed: number): Network =>
      networkOf([
        ...block('a', 'input', a),
        ...block('b', 'a/relu', a),
        node('sum', add, 'b/relu', 'a/relu'),
        node('depthwise', conv(a, 3, 1, { groups: a, bias: true }), 'sum'),
        node('squeeze', { kind: 'squeeze-excite', squeezed, gate: 'sigmoid' }, 'depthwise'),
        ...block('c', 'squeeze', b),
        node('join', concat, 'c/relu', 'squeeze'),
        node('pool', { kind: 'max-pool', size: 2, stride: 2 }, 'join'),
        node('drop', { kind: 'dropout', rate: 0.5 }, 'pool'),
        node('flat', { kind: 'flatten' }, 'drop'),
        node('hidden', { kind: 'dense', units: a + b, bias: false }, 'flat'),
        node('tanh', { kind: 'activation', activation: 'tanh' }, 'hidden'),
        node('classes', classes, 'tanh'),
      ])
    await expectMorph(made(4, 3, 2), made(7, 8, 3), ['wider'])
  })

  it('of signals and of tables', async () => {
    const signal = (width: number, kernel: number): Network =>
      networkOf([...block('a', 'input', width, kernel), ...head('a/relu')], [3, 11])
    await expectMorph(signal(4, 3), signal(6, 5), ['wider', 'kernel'])
    const table = (width: number, more: readonly NetworkNode[], from: string): Network =>
      networkOf(
        [node('d', { kind: 'dense', units: width, bias: true }, 'input'), node('r', relu, 'd'), ...more, node('classes', classes, from)],
        [5],
      )
    const deeper = [node('d2', { kind: 'dense', units: 8, bias: true }, 'r'), node('r2', relu, 'd2')] as const
    await expectMorph(table(6, [], 'r'), table(8, deeper, 'r2'), ['wider', 'deeper'])
  })

  it('in training, too, when a new batch norm knows the statistics of what it reads', async () => {
    const parent = networkOf([node('a', conv(4, 3, 1, { bias: true }), 'input'), node('r', relu, 'a'), ...head('r')])
    const child = networkOf([
      node('a', conv(4, 3, 1, { bias: true }), 'input'),
      node('r', relu, 'a'),
      ...block('b', 'r', 4),
      ...head('b/relu'),
    ])
    const weights = trained(parent)
    const morph = findMorph(parent, child)!
    expect(morph.reads).toEqual(['r'])
    const [, read] = await valuesOf(parent, weights, false, ['r'])
    const statistics = new Map([['r', statisticsOf(read, 4)]])
    expect(await difference(parent, weights, child, morph.weights(weights, 3, statistics).weights, true)).toBeLessThan(1e-4)
    expect(await difference(parent, weights, child, morph.weights(weights, 3).weights, true)).toBeGreaterThan(1e-2)
  })
})

/** Mean and variance of each channel by plain sums. */
function statisticsOf(values: Float32Array, channels: number): ChannelStatistics {
  const space = values.length / BATCH / channels
  const of = (c: number): number[] => Array.from(values).filter((_, i) => Math.floor(i / space) % channels === c)
  const means = Array.from({ length: channels }, (_, c) => of(c).reduce((a, b) => a + b, 0) / (BATCH * space))
  const variance = means.map((average, c) => of(c).reduce((sum, value) => sum + (value - average) ** 2, 0) / (BATCH * space))
  return { mean: means, variance }
}

describe('what is no morph', () => {
  const parent = plain(4, 5)
  it.each<[string, Network]>([
    ['fewer channels', plain(3, 5)],
    ['a smaller kernel', plain(4, 5, 1)],
    ['a block less', networkOf([...block('a', 'input', 4), ...head('a/relu')])],
    [
      'a pooling',
      networkOf([
        ...block('a', 'input', 4),
        node('pool', { kind: 'max-pool', size: 2, stride: 2 }, 'a/relu'),
        ...block('b', 'pool', 5),
        ...head('b/relu'),
      ]),
    ],
    [
      'a block that is narrower than what it reads',
      networkOf([...block('a', 'input', 4), ...block('n', 'a/relu', 3), ...block('b', 'n/relu', 5), ...head('b/relu')]),
    ],
    [
      'a ReLU after values below 0',
      networkOf([node('r', relu, 'input'), ...block('a', 'r', 4), ...block('b', 'a/relu', 5), ...head('b/relu')]),
    ],
    [
      'a skip connection that nothing weighs',
      networkOf([...block('a', 'input', 4), ...block('b', 'a/relu', 4), node('s', add, 'b/relu', 'a/relu'), ...head('s')]),
    ],
  ])('%s', (_, child) => {
    expect(findMorph(parent, child)).toBeUndefined()
  })

  it('a network is a morph of itself without a change', () => {
    expect(findMorph(parent, plain(4, 5))?.changes).toEqual([])
  })
})

describe('neighbours in the ready spaces', () => {
  it.each([
    ['chain', [1, 8, 8], 8, ['deeper', 'kernel', 'wider']],
    ['resnet', [1, 8, 8], 6, ['deeper', 'kernel', 'wider']],
    ['densenet', [1, 8, 8], 3, ['kernel']],
    ['mlp', [6], 2, ['wider']],
  ] as const)('%s: those that are recognised compute what their parent computes', async (name, shape, most, found) => {
    const space = findSpace(name)
    const context = { input: { shape }, outputs: 3 }
    const changes = new Set<string>()
    for (const seed of [1, 2]) {
      const architecture = space.sample(randomFor(seed, 'morph'))
      const parent = space.child(architecture, context)
      const weights = trained(parent, seed)
      let left: number = most
      for (const other of space.neighbours(architecture)) {
        const child = space.child(other, context)
        const morph = findMorph(parent, child)
        if (morph === undefined || morph.changes.length === 0 || left-- <= 0) continue
        for (const change of morph.changes) changes.add(change)
        expect(await difference(parent, weights, child, morph.weights(weights, seed).weights), space.print(other)).toBeLessThan(1e-5)
      }
    }
    expect([...changes]).toEqual(expect.arrayContaining([...found]))
  })
})

describe('inheritance by name', () => {
  it('takes over what fits: equal tensors, leading channels, the centre of the kernel', () => {
    const parent = plain(4, 5)
    const weights = trained(parent)
    const same = inheritByName(weights, parent, 9)
    expect(same.share).toBe(1)
    expect([...same.weights]).toEqual([...weights])

    const child = plain(3, 5, 5)
    const { weights: begun, share } = inheritByName(weights, child, 9)
    const at = (from: Weights, name: string, place: number): number => from.get(name)!.data[place]
    expect(at(begun, 'a/conv/weight', 20)).toBe(at(weights, 'a/conv/weight', 20))
    // Filter 1, channel 2, the middle: [5, 3, 5, 5] from [5, 4, 3, 3].
    expect(at(begun, 'b/conv/weight', (1 * 3 + 2) * 25 + 12)).toBe(at(weights, 'b/conv/weight', (1 * 4 + 2) * 9 + 4))
    expect(at(begun, 'b/conv/weight', 0)).toBe(initialWeights(child, 9).get('b/conv/weight')!.data[0])
    const all = parameterSpecs(child).filter(({ trained: learns }) => learns)
    const size = all.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    expect(share).toBeCloseTo(1 - (5 * 3 * (25 - 9)) / size, 10)
  })

  it('takes nothing from strangers', () => {
    expect(inheritByName(new Map([['x', { shape: [1], data: new Float32Array(1) }]]), plain(2, 2), 1).share).toBe(0)
  })
})
