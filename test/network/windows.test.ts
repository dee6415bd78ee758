import { beforeAll, describe, expect, it } from 'vitest'
import golden from '../golden/windows.json' with { type: 'json' }
import { buildNetwork, type Network, nodeShapes } from '../../src/network/index.ts'
import { compile, constant, gradients, input, mul, reduceSum, type Runtime, ShapeError, type Tensor } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { chain, conv, node } from './examples.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

/** The network of golden/windows.py. */
const network = (space: readonly number[], gate: 'sigmoid' | 'hard-sigmoid'): Network => ({
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
  it.each([
    ['images', 'hard-sigmoid'],
    ['signals', 'sigmoid'],
  ] as const)('compute what PyTorch does with %s, gradients too', async (kind, gate) => {
    const { weights, input: x, output, gradients: wanted } = golden[kind]
    const named = new Map<string, Tensor>(Object.entries(weights).map(([name, { shape }]) => [name, input(name, shape)]))
    const made = network(x.shape.slice(2), gate)
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
  })

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
