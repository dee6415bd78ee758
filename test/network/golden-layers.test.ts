import { beforeAll, describe, expect, it } from 'vitest'
import recurrentGolden from '../golden/recurrent.json' with { type: 'json' }
import windowsGolden from '../golden/windows.json' with { type: 'json' }
import { buildNetwork, type Network, nodeShapes, type RecurrentActivation } from '../../src/network/index.ts'
import { compile, constant, gradients, input, mul, reduceSum, type Runtime, ShapeError, type Tensor } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { chain, conv, node } from './examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

interface Values {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface Golden {
  readonly weights: Readonly<Record<string, Values>>
  readonly input: Values
  readonly output: Values
  /** Of the sum of each example's outputs weighed by 1, 2, −1. */
  readonly gradients: Readonly<Record<string, Values>>
}

/** Whether a network gives the output and the gradients that PyTorch gives. */
async function expectGolden(made: Network, { weights, input: x, output, gradients: wanted }: Golden): Promise<void> {
  const named = new Map<string, Tensor>(Object.entries(weights).map(([name, { shape }]) => [name, input(name, shape)]))
  const built = buildNetwork(made, input('x', x.shape), (name) => named.get(name) as Tensor, { training: true })
  const loss = reduceSum(mul(built.output, constant(Float32Array.of(1, 2, -1, 1, 2, -1), [2, 3])))
  const names = Object.keys(wanted)
  const found = gradients(
    loss,
    names.map((name) => named.get(name) as Tensor),
  )
  const program = await compile(runtime, { output: built.output, ...Object.fromEntries(names.map((name, i) => [`d/${name}`, found[i]])) })
  const fed = Object.entries({ ...weights, x }).map(([name, { data }]) => [name, Float32Array.from(data)])
  const results = await program.run(Object.fromEntries(fed))
  await program.release()
  const all = { output, ...Object.fromEntries(Object.entries(wanted).map(([name, values]) => [`d/${name}`, values])) }
  for (const [name, { data }] of Object.entries(all)) {
    const got = Array.from(results[name].data as Float32Array)
    expect(got.length).toBe(data.length)
    for (const [i, value] of got.entries()) expect(Math.abs(value - data[i])).toBeLessThan(5e-5 * Math.max(1, Math.abs(data[i])))
  }
}

/** The network of golden/windows.py. */
const windows = (space: readonly number[], gate: 'sigmoid' | 'hard-sigmoid'): Network => ({
  input: { shape: [2, ...space] },
  outputs: 3,
  output: 'classes',
  nodes: [
    node('wide', conv(4, 5, 1, { bias: true, padding: 1 }), 'input'),
    node('largest', { kind: 'max-pool', size: 3, stride: 2, padding: 0 }, 'wide'),
    node('excited', { kind: 'squeeze-excite', squeezed: 3, gate }, 'largest'),
    node('smooth', { kind: 'average-pool', size: 2, stride: 2, padding: 1 }, 'excited'),
    node('mean', { kind: 'global-average-pool' }, 'smooth'),
    node('classes', { kind: 'dense', units: 3, bias: true }, 'mean'),
  ],
})

describe('windows with explicit padding, and squeeze-and-excite', () => {
  it('compute what PyTorch does with images, gradients too', () => expectGolden(windows([11, 9], 'hard-sigmoid'), windowsGolden.images))
  it('compute what PyTorch does with signals, gradients too', () => expectGolden(windows([13], 'sigmoid'), windowsGolden.signals))

  it('give at least one value where the window is larger than the image', () => {
    const shapes = nodeShapes(
      chain([2, 2, 9], 1, [
        { kind: 'max-pool', size: 3, stride: 2, padding: 0 },
        conv(2, 5, 4, { padding: 1 }),
        { kind: 'flatten' },
        { kind: 'dense', units: 1, bias: true },
      ]),
    )
    expect(shapes.get('l0')).toEqual([2, 1, 4])
    expect(shapes.get('l1')).toEqual([2, 1, 1])
  })

  it('refuse padding that is as large as the window', () => {
    expect(() => nodeShapes(chain([2, 9, 9], 1, [{ kind: 'average-pool', size: 2, stride: 2, padding: 2 }]))).toThrow(ShapeError)
    expect(() => nodeShapes(chain([2, 9, 9], 1, [conv(2, 3, 1, { padding: -1 })]))).toThrow(/padding must be a whole number/)
  })
})

type Node = readonly [activation: RecurrentActivation, from: number]

/** The network of golden/recurrent.py. */
const cell = (first: RecurrentActivation, nodes: readonly Node[], output: 'mean' | 'loose-ends'): Network => ({
  input: { shape: [5], categories: [7, 7, 7, 7, 7] },
  outputs: 3,
  output: 'classes',
  nodes: [
    node('embed', { kind: 'token-embedding', width: 3 }, 'input'),
    node('cell', { kind: 'recurrent', units: 4, first, nodes: nodes.map(([activation, from]) => ({ activation, from })), output }, 'embed'),
    node('last', { kind: 'last-step' }, 'cell'),
    node('classes', { kind: 'dense', units: 3, bias: true }, 'last'),
  ],
})

/** The cell that DARTS found, with its function and source of each node. */
const darts: readonly Node[] = [
  ['relu', 0],
  ['relu', 1],
  ['tanh', 2],
  ['relu', 3],
  ['relu', 4],
  ['identity', 1],
  ['relu', 5],
  ['relu', 1],
]
const enas: readonly Node[] = [
  ['tanh', 0],
  ['relu', 1],
  ['sigmoid', 1],
  ['tanh', 3],
]

describe('recurrent cells over tokens', () => {
  it('compute what PyTorch does with the cell of DARTS, gradients too', () =>
    expectGolden(cell('tanh', darts, 'mean'), recurrentGolden.darts))
  it('compute what PyTorch does with loose ends as in ENAS, gradients too', () =>
    expectGolden(cell('relu', enas, 'loose-ends'), recurrentGolden.enas))

  it('refuse what they cannot read', () => {
    expect(() => nodeShapes(cell('tanh', [['relu', 1]], 'mean'))).toThrow(/node 1 must read an earlier node/)
    const tokens = cell('tanh', darts, 'mean')
    expect(() => nodeShapes({ ...tokens, input: { shape: [5], categories: [7, 7, 7, 7, 3] } })).toThrow(/wants tokens/)
    expect(() => nodeShapes({ ...tokens, input: { shape: [400], categories: Array<number>(400).fill(7) } })).toThrow(/at most 256 steps/)
  })
})
