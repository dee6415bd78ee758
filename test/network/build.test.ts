import { beforeAll, describe, expect, it } from 'vitest'
import golden from '../golden/mixed-network.json' with { type: 'json' }
import {
  buildNetwork,
  initialWeights,
  type Layer,
  measureLatency,
  type Network,
  parameterSpecs,
  type Weights,
} from '../../src/network/index.ts'
import { planFusions } from '../../src/network/fuse.ts'
import { compile, constant, input, type Runtime, scalar, ShapeError } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { chain, conv, node, relu, resnet } from './examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

interface Values {
  readonly shape: number[]
  readonly data: number[]
}

/** The network of golden/mixed-network.py. */
const mixed = (space: readonly number[]): Network => ({
  input: { shape: [3, ...space] },
  outputs: 3,
  output: 'classes',
  nodes: [
    node('stem', conv(4, 3, 2, { bias: true }), 'input'),
    node('norm', { kind: 'batch-norm' }, 'stem'),
    node('first', relu, 'norm'),
    node('depthwise', conv(4, 5, 1, { groups: 4 }), 'first'),
    node('norm2', { kind: 'batch-norm' }, 'depthwise'),
    node('sum', { kind: 'add' }, 'norm2', 'first'),
    node('summed', relu, 'sum'),
    node('dilated', conv(4, 3, 1, { dilation: 2 }), 'summed'),
    node('silu', { kind: 'activation', activation: 'silu' }, 'dilated'),
    node('pooled', { kind: 'max-pool', size: 3, stride: 1 }, 'silu'),
    node('smooth', { kind: 'average-pool', size: 3, stride: 1 }, 'summed'),
    node('joined', { kind: 'concat' }, 'pooled', 'smooth'),
    node('layers', { kind: 'layer-norm' }, 'joined'),
    node('smaller', { kind: 'max-pool', size: 3, stride: 2 }, 'layers'),
    node('mean', { kind: 'global-average-pool' }, 'smaller'),
    node('classes', { kind: 'dense', units: 3, bias: true }, 'mean'),
  ],
})

const numbers = (data: ArrayLike<number | bigint | string>): number[] => Array.from(data, Number)

function expectClose(got: ArrayLike<number | bigint | string>, want: readonly number[], tolerance = 2e-5): void {
  expect(got.length).toBe(want.length)
  for (const [i, value] of numbers(got).entries()) expect(Math.abs(value - want[i])).toBeLessThan(tolerance)
}

async function forward(network: Network, x: Values, weights: Weights, training: boolean): Promise<Record<string, ArrayLike<number>>> {
  const get = (name: string): ReturnType<typeof constant> => {
    const { shape, data } = weights.get(name)!
    return constant(data, shape)
  }
  const built = buildNetwork(network, input('x', x.shape), get, { training })
  const program = await compile(runtime, { output: built.output, ...Object.fromEntries(built.statistics) })
  const results = await program.run({ x: Float32Array.from(x.data) })
  await program.release()
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, value.data as Float32Array]))
}

const weightsOf = (weights: Readonly<Record<string, Values>>): Weights =>
  new Map(Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]))

describe('building', () => {
  it.each([
    ['images', [7, 6]],
    ['signals', [9]],
  ] as const)('computes what PyTorch does with %s', async (kind, space) => {
    const { weights, input: x, inference, training, statistics } = golden[kind]
    const network = mixed(space)
    expect(
      parameterSpecs(network)
        .map((spec) => spec.name)
        .sort(),
    ).toEqual(Object.keys(weights).sort())
    expectClose((await forward(network, x, weightsOf(weights), false)).output, inference.data)
    const trained = await forward(network, x, weightsOf(weights), true)
    expectClose(trained.output, training.data)
    for (const [name, want] of Object.entries(statistics)) expectClose(trained[name], want.data)
    expect(Object.keys(trained).sort()).toEqual(['output', ...Object.keys(statistics)].sort())
  })

  it('takes norms, sums and ReLUs as one pass where nothing else reads them', () => {
    const { at, inside } = planFusions(resnet(1))
    expect(at.get('stem/relu')).toMatchObject({ relu: true, norm: { path: 'stem/norm' } })
    expect(at.get('stage0/0/relu2')).toMatchObject({ relu: true, add: 'stem/relu', norm: { path: 'stage0/0/norm2' } })
    expect(inside).toContain('stage1/0/add')
    // The norm of the projection is the sum's other side: it keeps a pass of its own.
    expect(inside).not.toContain('stage1/0/project-norm')
    const read = mixed([7, 6])
    const nodes = [...read.nodes.slice(0, -1), node('again', { kind: 'add' }, 'norm2', 'norm2'), ...read.nodes.slice(-1)]
    expect(planFusions({ ...read, nodes }).inside).not.toContain('norm2')
  })

  it('embeds codes and leaves numbers', async () => {
    const network = chain([4], 5, [{ kind: 'column-embedding', width: 2 }], [3, 2])
    const sized = { ...network, outputs: 6 }
    const weights: Weights = new Map([
      ['l0/table0', { shape: [3, 2], data: Float32Array.of(0, 1, 10, 11, 20, 21) }],
      ['l0/table1', { shape: [2, 2], data: Float32Array.of(5, 6, 7, 8) }],
    ])
    const { output } = await forward(sized, { shape: [2, 4], data: [0.5, -1, 2, 0, 3, 4, 1, 1] }, weights, false)
    expect(numbers(output)).toEqual([0.5, -1, 20, 21, 5, 6, 3, 4, 10, 11, 7, 8])
  })

  it('drops in training only, and each step other values', async () => {
    const network = chain([1000], 1000, [{ kind: 'dropout', rate: 0.25 }])
    const x = input('x', [2, 1000])
    const run = async (training: boolean, step: number): Promise<number[]> => {
      const noise = { seed: scalar(7, 'uint32'), step: scalar(step, 'uint32') }
      const { output } = buildNetwork(network, x, () => x, { training, noise })
      const program = await compile(runtime, { output })
      const result = await program.run({ x: new Float32Array(2000).fill(3) })
      await program.release()
      return numbers(result.output.data)
    }
    expect(new Set(await run(false, 0))).toEqual(new Set([3]))
    const [first, second] = [await run(true, 0), await run(true, 1)]
    expect(new Set(first)).toEqual(new Set([0, 4]))
    const dropped = first.filter((value) => value === 0).length / 2000
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.05)
    expect(first).not.toEqual(second)
  })

  it('gives zeros where a place has nothing', async () => {
    const network: Network = {
      input: { shape: [2] },
      outputs: 2,
      output: 'sum',
      nodes: [node('none', { kind: 'zero' }, 'input'), node('sum', { kind: 'add' }, 'none', 'input')],
    }
    const { output } = await forward(network, { shape: [1, 2], data: [3, 4] }, new Map(), false)
    expect(numbers(output)).toEqual([3, 4])
  })

  it('moves an image by one element, and convolves with kernels that are wider than high', async () => {
    const image = { shape: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] }
    const one = (layer: Layer): Network => ({
      input: { shape: [1, 2, 3] },
      outputs: 6,
      output: 'flat',
      nodes: [node('a', layer, 'input'), node('flat', { kind: 'flatten' }, 'a')],
    })
    expect(numbers((await forward(one({ kind: 'shift' }), image, new Map(), false)).output)).toEqual([5, 6, 0, 0, 0, 0])
    const weights = (shape: readonly number[]): Weights => new Map([['a/weight', { shape, data: Float32Array.of(1, 10, 100) }]])
    const wide = await forward(one(conv(1, 1, 1, { width: 3 })), image, weights([1, 1, 1, 3]), false)
    expect(numbers(wide.output)).toEqual([210, 321, 32, 540, 654, 65])
    const high = await forward(one(conv(1, 3, 1, { width: 1 })), image, weights([1, 1, 3, 1]), false)
    expect(numbers(high.output)).toEqual([410, 520, 630, 41, 52, 63])
  })

  it('refuses an input that is not the network’s', () => {
    expect(() => buildNetwork(chain([4], 4, [{ kind: 'identity' }]), input('x', [2, 5]), () => scalar(0), { training: false })).toThrow(
      ShapeError,
    )
  })

  it('measures a latency', async () => {
    const network = resnet(1)
    const milliseconds = await measureLatency(runtime, network, initialWeights(network, 0), { runs: 3 })
    expect(milliseconds).toBeGreaterThan(0)
  })
})
