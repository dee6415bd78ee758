import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import {
  describeNetwork,
  hashWeights,
  initialValues,
  initialWeights,
  readWeights,
  type Weights,
  writeWeights,
} from '../../src/network/index.ts'
import { chain, conv, relu, resnet } from './examples.ts'

const moments = (values: Float32Array): { mean: number; deviation: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}
const spec = (name: string, shape: number[], init: 'he' | 'glorot' | 'normal') => ({ name, shape, init, trained: true, decayed: true })

describe('initial weights', () => {
  it('have the deviation of their rule', () => {
    const he = moments(initialValues(spec('a', [64, 32, 3, 3], 'he'), 1))
    expect(he.mean).toBeCloseTo(0, 2)
    expect(he.deviation / Math.sqrt(2 / (32 * 9))).toBeCloseTo(1, 1)
    const dense = moments(initialValues(spec('a', [500, 40], 'he'), 1))
    expect(dense.deviation / Math.sqrt(2 / 500)).toBeCloseTo(1, 1)
    const glorot = initialValues(spec('a', [300, 100], 'glorot'), 1)
    expect(moments(glorot).deviation / Math.sqrt(2 / 400)).toBeCloseTo(1, 1)
    expect(Math.max(...glorot.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 400))
    expect(moments(initialValues(spec('a', [1000, 16], 'normal'), 1)).deviation).toBeCloseTo(0.25, 1)
  })

  it('depend on name and seed, not on the network around', () => {
    const alone = initialWeights(chain([3, 8, 8], 512, [conv(8), { kind: 'flatten' }]), 3)
    const within = initialWeights(
      chain([3, 8, 8], 4, [conv(8), relu, { kind: 'global-average-pool' }, { kind: 'dense', units: 4, bias: true }]),
      3,
    )
    expect(within.get('l0/weight')).toEqual(alone.get('l0/weight'))
    expect(initialWeights(chain([3, 8, 8], 512, [conv(8), { kind: 'flatten' }]), 4).get('l0/weight')).not.toEqual(alone.get('l0/weight'))
    const resnetWeights = initialWeights(resnet(1), 3)
    expect(resnetWeights.get('stage0/0/conv1/weight')!.data).not.toEqual(resnetWeights.get('stage0/0/conv2/weight')!.data)
    expect(resnetWeights.get('stem/norm/variance')!.data.every((value) => value === 1)).toBe(true)
  })
})

describe('weights as bytes', () => {
  const weights: Weights = new Map([
    ['b/weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-40) }],
    ['a', { shape: [], data: Float32Array.of(7) }],
    ['__proto__', { shape: [1], data: Float32Array.of(9) }],
  ])

  it('come back as they were', () => {
    const { weights: back, metadata } = readWeights(writeWeights(weights, { note: 'ä' }))
    expect(back.size).toBe(weights.size)
    for (const [name, value] of weights) expect(back.get(name)).toEqual(value)
    expect(metadata).toEqual({ note: 'ä' })
    // A view that does not begin at its buffer's start.
    const bytes = writeWeights(weights)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(readWeights(shifted.subarray(3)).weights.get('a')!.data[0]).toBe(7)
  })

  it('have a hash that says whether they are equal', async () => {
    const reordered: Weights = new Map([...weights].toReversed())
    expect(await hashWeights(reordered)).toBe(await hashWeights(weights))
    const other = new Map(weights).set('a', { shape: [], data: Float32Array.of(8) })
    expect(await hashWeights(other)).not.toBe(await hashWeights(weights))
    expect(await hashWeights(weights)).toMatch(/^[0-9a-f]{64}$/)
  })

  const file = (header: unknown, size: number): Uint8Array => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
    const bytes = new Uint8Array(8 + text.length + size)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
    bytes.set(text, 8)
    return bytes
  }
  const entry = (from: number, to: number, more: object = {}): object => ({
    dtype: 'F32',
    shape: [(to - from) / 4],
    data_offsets: [from, to],
    ...more,
  })
  it.each([
    ['nothing', new Uint8Array(3)],
    ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123)],
    ['a huge header', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123)],
    ['no JSON', file('{"a":', 0)],
    ['a list', file([], 0)],
    ['another type', file({ a: entry(0, 4, { dtype: 'F64' }) }, 4)],
    ['a shape that does not fill', file({ a: entry(0, 4, { shape: [2] }) }, 4)],
    ['negative sizes', file({ a: entry(0, 4, { shape: [-1, -1] }) }, 4)],
    ['values beyond the end', file({ a: entry(0, 8) }, 4)],
    ['a gap', file({ a: entry(4, 8) }, 8)],
    ['overlap', file({ a: entry(0, 8), b: entry(4, 8) }, 8)],
    ['bytes left over', file({ a: entry(0, 4) }, 8)],
    ['metadata that are no texts', file({ __metadata__: { a: 1 } }, 0)],
    ['a truncated file', writeWeights(weights).subarray(0, -4)],
  ])('are refused when damaged: %s', (_, bytes) => {
    expect(() => readWeights(bytes, 'model.safetensors')).toThrow(UserError)
    expect(() => readWeights(bytes, 'model.safetensors')).toThrow(/^model\.safetensors cannot be read: .*train or export again/)
  })
})

describe('description', () => {
  it('has nodes with labels and edges', () => {
    const { nodes, edges, output } = describeNetwork(resnet(1))
    expect(nodes[0]).toMatchObject({ path: 'input', kind: 'input', label: 'input 3×32×32', shape: [3, 32, 32] })
    expect(nodes.find(({ path }) => path === 'stage1/0/conv1')).toMatchObject({
      label: 'convolution 3×3, 32, stride 2',
      shape: [32, 16, 16],
      parameters: 4608,
    })
    expect(edges).toContainEqual({ from: 'stem/relu', to: 'stage0/0/conv1' })
    expect(edges).toContainEqual({ from: 'input', to: 'stem/conv' })
    expect(output).toBe('classes')
  })
})
