import { describe, expect, it } from 'vitest'
import { type Layer, networkCost, nodeCosts, nodeShapes, parameterSpecs } from '../../src/network/index.ts'
import { layers } from '../../src/network/layers/index.ts'
import { ShapeError } from '../../src/tensor/index.ts'
import { chain, conv, node, relu, resnet } from './examples.ts'

interface Case {
  readonly layer: Layer
  readonly inputs: readonly (readonly number[])[]
  readonly categories?: readonly number[]
  readonly output: readonly number[]
  /** Shapes by name. */
  readonly parameters: Readonly<Record<string, readonly number[]>>
  readonly flops: number
}

const cases: readonly Case[] = [
  { layer: conv(8), inputs: [[3, 9, 7]], output: [8, 9, 7], parameters: { weight: [8, 3, 3, 3] }, flops: 2 * 27 * 8 * 63 },
  {
    layer: conv(8, 5, 2, { bias: true }),
    inputs: [[4, 9, 7]],
    output: [8, 5, 4],
    parameters: { weight: [8, 4, 5, 5], bias: [8] },
    flops: (2 * 100 + 1) * 8 * 20,
  },
  {
    layer: conv(6, 3, 1, { groups: 6 }),
    inputs: [[6, 4, 4]],
    output: [6, 4, 4],
    parameters: { weight: [6, 1, 3, 3] },
    flops: 2 * 9 * 6 * 16,
  },
  {
    layer: conv(4, 3, 1, { dilation: 2 }),
    inputs: [[2, 8, 8]],
    output: [4, 8, 8],
    parameters: { weight: [4, 2, 3, 3] },
    flops: 2 * 18 * 4 * 64,
  },
  { layer: conv(4, 2, 2), inputs: [[2, 5, 6]], output: [4, 3, 3], parameters: { weight: [4, 2, 2, 2] }, flops: 2 * 8 * 4 * 9 },
  { layer: conv(5, 3, 2), inputs: [[2, 11]], output: [5, 6], parameters: { weight: [5, 2, 3] }, flops: 2 * 6 * 5 * 6 },
  { layer: { kind: 'dense', units: 5, bias: true }, inputs: [[7]], output: [5], parameters: { weight: [7, 5], bias: [5] }, flops: 5 * 15 },
  { layer: { kind: 'dense', units: 5, bias: false }, inputs: [[7]], output: [5], parameters: { weight: [7, 5] }, flops: 70 },
  {
    layer: { kind: 'batch-norm' },
    inputs: [[3, 4, 4]],
    output: [3, 4, 4],
    parameters: { scale: [3], shift: [3], mean: [3], variance: [3] },
    flops: 96,
  },
  { layer: { kind: 'layer-norm' }, inputs: [[6, 2, 2]], output: [6, 2, 2], parameters: { scale: [6], shift: [6] }, flops: 7 * 24 },
  { layer: relu, inputs: [[3, 2, 2]], output: [3, 2, 2], parameters: {}, flops: 12 },
  { layer: { kind: 'max-pool', size: 3, stride: 2 }, inputs: [[3, 7, 8]], output: [3, 4, 4], parameters: {}, flops: 9 * 48 },
  { layer: { kind: 'max-pool', size: 2, stride: 2 }, inputs: [[3, 7]], output: [3, 4], parameters: {}, flops: 24 },
  { layer: { kind: 'average-pool', size: 3, stride: 1 }, inputs: [[2, 5, 5]], output: [2, 5, 5], parameters: {}, flops: 9 * 50 },
  {
    layer: conv(4, 11, 4, { padding: 2 }),
    inputs: [[3, 224, 224]],
    output: [4, 55, 55],
    parameters: { weight: [4, 3, 11, 11] },
    flops: 2 * 363 * 4 * 3025,
  },
  {
    layer: { kind: 'max-pool', size: 3, stride: 2, padding: 0 },
    inputs: [[3, 55, 13]],
    output: [3, 27, 6],
    parameters: {},
    flops: 9 * 486,
  },
  {
    layer: { kind: 'squeeze-excite', squeezed: 2, gate: 'sigmoid' },
    inputs: [[6, 3, 5]],
    output: [6, 3, 5],
    parameters: { squeeze: [6, 2], squeezeBias: [2], excite: [2, 6], exciteBias: [6] },
    flops: 2 * 90 + 48 + 16,
  },
  { layer: { kind: 'global-average-pool' }, inputs: [[4, 3, 5]], output: [4], parameters: {}, flops: 60 },
  { layer: { kind: 'global-average-pool' }, inputs: [[4, 6]], output: [4], parameters: {}, flops: 24 },
  { layer: { kind: 'flatten' }, inputs: [[4, 3, 5]], output: [60], parameters: {}, flops: 0 },
  { layer: { kind: 'dropout', rate: 0.5 }, inputs: [[4, 3]], output: [4, 3], parameters: {}, flops: 0 },
  { layer: { kind: 'drop-path', rate: 0.5 }, inputs: [[4, 3]], output: [4, 3], parameters: {}, flops: 0 },
  { layer: { kind: 'identity' }, inputs: [[4, 3]], output: [4, 3], parameters: {}, flops: 0 },
  { layer: { kind: 'take-channels', channels: 3 }, inputs: [[4, 5, 6]], output: [3, 5, 6], parameters: {}, flops: 0 },
  { layer: { kind: 'shift' }, inputs: [[4, 3]], output: [4, 3], parameters: {}, flops: 0 },
  { layer: { kind: 'shift' }, inputs: [[2, 5, 6]], output: [2, 5, 6], parameters: {}, flops: 0 },
  {
    layer: conv(4, 1, 2, { width: 7 }),
    inputs: [[2, 8, 9]],
    output: [4, 4, 5],
    parameters: { weight: [4, 2, 1, 7] },
    flops: 2 * 7 * 2 * 4 * 20,
  },
  { layer: { kind: 'zero' }, inputs: [[4, 3]], output: [4, 3], parameters: {}, flops: 0 },
  {
    layer: { kind: 'add' },
    inputs: [
      [4, 3],
      [4, 3],
      [4, 3],
    ],
    output: [4, 3],
    parameters: {},
    flops: 24,
  },
  {
    layer: { kind: 'concat' },
    inputs: [
      [4, 3, 3],
      [2, 3, 3],
    ],
    output: [6, 3, 3],
    parameters: {},
    flops: 0,
  },
  {
    layer: { kind: 'token-embedding', width: 4 },
    inputs: [[3]],
    categories: [9, 9, 9],
    output: [4, 3],
    parameters: { table: [9, 4] },
    flops: 0,
  },
  {
    layer: {
      kind: 'recurrent',
      units: 5,
      first: 'tanh',
      nodes: [
        { from: 0, activation: 'relu' },
        { from: 0, activation: 'identity' },
      ],
      output: 'mean',
    },
    inputs: [[2, 7]],
    output: [5, 7],
    parameters: { input: [2, 10], state: [5, 10], node1: [5, 10], node2: [5, 10] },
    flops: 7 * (2 * 10 * (2 + 3 * 5) + 6 * 5 * 3),
  },
  { layer: { kind: 'last-step' }, inputs: [[2, 7]], output: [2], parameters: {}, flops: 0 },
  {
    layer: { kind: 'column-embedding', width: 4 },
    inputs: [[5]],
    categories: [3, 7],
    output: [11],
    parameters: { table0: [3, 4], table1: [7, 4] },
    flops: 0,
  },
]

describe('layers', () => {
  it.each(cases)(
    'gives shape, parameters and operations of $layer for $inputs',
    ({ layer, inputs, categories, output, parameters, flops }) => {
      const definition = layers[layer.kind] as (typeof layers)['identity']
      const place = { input: { shape: inputs[0], ...(categories ? { categories } : {}) }, last: false }
      expect(definition.outputShape(layer as never, inputs, place)).toEqual(output)
      const specs = definition.parameters(layer as never, inputs, place)
      expect(Object.fromEntries(specs.map((spec) => [spec.name, spec.shape]))).toEqual(parameters)
      expect(definition.flops(layer as never, inputs, output)).toBe(flops)
    },
  )

  it('tries every kind', () => {
    expect(new Set(cases.map(({ layer }) => layer.kind))).toEqual(new Set(Object.keys(layers)))
  })

  it('says which parameters are trained and decayed', () => {
    const specs = parameterSpecs(
      chain([2, 4, 4], 3, [
        conv(3, 3, 1, { bias: true }),
        { kind: 'batch-norm' },
        { kind: 'flatten' },
        { kind: 'dense', units: 3, bias: true },
      ]),
    )
    const of = (kept: (spec: (typeof specs)[number]) => boolean): string[] => specs.filter(kept).map((spec) => spec.name)
    expect(of((spec) => !spec.trained)).toEqual(['l1/mean', 'l1/variance'])
    expect(of((spec) => spec.decayed)).toEqual(['l0/weight', 'l3/weight'])
    expect(specs.find((spec) => spec.name === 'l0/weight')?.init).toBe('he')
    expect(specs.find((spec) => spec.name === 'l3/weight')?.init).toBe('glorot')
  })
})

describe('a whole network', () => {
  it('costs what ResNet-20 costs', () => {
    const network = resnet(3)
    // Weights: stem 432; stages 13,824 + 50,688 + 202,752 of 3×3 kernels; projections 512 + 2,048. Norms: (7 + 7 + 7 layers) of scale
    // and shift, 2 · (16 · 7 + 32 · 7 + 64 · 7) with the projections' own among them. Classes 650.
    const kernels = 432 + 6 * 9 * 16 * 16 + (9 * 16 * 32 + 5 * 9 * 32 * 32) + (9 * 32 * 64 + 5 * 9 * 64 * 64) + 16 * 32 + 32 * 64
    const norms = 2 * (16 * 7 + 32 * 7 + 64 * 7)
    expect(networkCost(network).parameters).toBe(kernels + norms + 650)
    // Without projections it has the 269,722 parameters that are quoted for it: 272,474 − 512 − 2,048 − 2 · (32 + 64).
    expect(networkCost(network).parameters).toBe(269_722 + 512 + 2_048 + 192)
    // 40.55 million multiply-accumulates in 3×3 kernels and classes, as quoted for it without projections.
    const products = nodeCosts(network).filter(
      ({ kind, path }) => (kind === 'convolution' && !path.endsWith('project')) || kind === 'dense',
    )
    expect(products.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * 40_551_040 + 10)
  })

  it('adds up its nodes', () => {
    const network = resnet(1)
    const rows = nodeCosts(network)
    const cost = networkCost(network)
    for (const key of ['parameters', 'flops', 'activationBytes'] as const)
      expect(rows.reduce((sum, row) => sum + row[key], 0)).toBe(cost[key])
    expect(rows.find((row) => row.path === 'stem/conv')).toEqual({
      path: 'stem/conv',
      kind: 'convolution',
      shape: [16, 32, 32],
      parameters: 432,
      flops: 2 * 27 * 16 * 1024,
      activationBytes: 4 * 16 * 1024,
    })
  })

  it('gives the shape of every node', () => {
    const shapes = nodeShapes(resnet(1))
    expect(shapes.get('input')).toEqual([3, 32, 32])
    expect(shapes.get('stage1/0/add')).toEqual([32, 16, 16])
    expect(shapes.get('classes')).toEqual([10])
  })

  it.each([
    [
      'the node that does not fit',
      chain([3, 8, 8], 5, [conv(4), { kind: 'dense', units: 5, bias: true }]),
      /l1 \(dense\) wants a vector, got \[4, 8, 8\]: put flatten/,
    ],
    ['groups that do not divide', chain([3, 8, 8], 4, [conv(4, 3, 1, { groups: 2 })]), /l0 \(convolution\) 2 groups do not divide 3 input/],
    ['a wrong result', chain([4], 5, [{ kind: 'dense', units: 3, bias: true }]), /output l0 is \[3\], wanted \[5\]/],
    [
      'sums of different shapes',
      {
        input: { shape: [4] },
        outputs: 4,
        nodes: [node('a', { kind: 'dense', units: 3, bias: true }, 'input'), node('b', { kind: 'add' }, 'a', 'input')],
        output: 'b',
      },
      /b \(add\) inputs must have one shape, got \[3\], \[4\]/,
    ],
    [
      'unknown inputs',
      { input: { shape: [4] }, outputs: 4, nodes: [node('a', { kind: 'identity' }, 'b')], output: 'a' },
      /a reads b, which no node before it is/,
    ],
    [
      'paths that come twice',
      {
        input: { shape: [4] },
        outputs: 4,
        nodes: [node('a', { kind: 'identity' }, 'input'), node('a', { kind: 'identity' }, 'input')],
        output: 'a',
      },
      /path a comes twice/,
    ],
    ['a missing output', { input: { shape: [4] }, outputs: 4, nodes: [], output: 'x' }, /no node x to be the output/],
    [
      'embeddings within a network',
      chain([4], 4, [
        { kind: 'dense', units: 3, bias: true },
        { kind: 'column-embedding', width: 2 },
      ]),
      /l1 \(column-embedding\) wants the network's input/,
    ],
    ['a rate that is none', chain([4], 4, [{ kind: 'dropout', rate: 1 }]), /l0 \(dropout\) rate must be/],
  ])('names %s', (_, network, message) => {
    expect(() => nodeShapes(network)).toThrow(ShapeError)
    expect(() => nodeShapes(network)).toThrow(message)
  })
})
