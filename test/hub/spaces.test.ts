import { describe, expect, it } from 'vitest'
import { findSpace, framedName, nasBench201Space, spaces, transNasBench101Space } from '../../src/hub/index.ts'
import { networkCost, nodeCosts, nodeShapes } from '../../src/network/index.ts'
import { type NetworkContext, randomFor } from '../../src/space/index.ts'
import { type SpaceCapabilities, spaceSuite } from '../suites/space.ts'

const images: readonly NetworkContext[] = [
  { input: { shape: [1, 8, 8] }, outputs: 10 },
  { input: { shape: [1, 28, 28] }, outputs: 10 },
  { input: { shape: [3, 32, 32] }, outputs: 100 },
  { input: { shape: [3, 96, 71] }, outputs: 2 },
  { input: { shape: [2, 150] }, outputs: 3 },
]
const signals: readonly NetworkContext[] = [
  { input: { shape: [1, 20] }, outputs: 2 },
  { input: { shape: [3, 128] }, outputs: 6 },
  { input: { shape: [9, 501] }, outputs: 1 },
]
const tables: readonly NetworkContext[] = [
  { input: { shape: [9] }, outputs: 1 },
  { input: { shape: [12], categories: [3, 7, 40] }, outputs: 3 },
]

const sum = (from: number, to: number, term: (n: number) => bigint): bigint => {
  let total = 0n
  for (let n = from; n <= to; n++) total += term(n)
  return total
}
const powers = (base: bigint, from: number, to: number): bigint => sum(from, to, (n) => base ** BigInt(n))

/** Stages of `signal`: blocks with or without skip of 4 convolutions, 4 separable ones or 3 inceptions, which do not ask for the width and the dilation. */
const signalStage = (least: number): bigint => sum(least, 3, (n) => 4n * (22n ** BigInt(n) - 6n ** BigInt(n)) + 6n ** BigInt(n))

/** Sizes by hand, from the spaces' descriptions. Every registered space must be here. */
const capabilities: Readonly<Record<string, SpaceCapabilities>> = {
  // A block: width × (2 kernels of a convolution + 3 of a separable one).
  chain: { contexts: images, size: 2n * 3n * powers(10n, 1, 2) * 2n * powers(15n, 1, 3) * 2n * powers(15n, 1, 3) * 2n * 4n },
  // A layer: widths × 3 kernels; stem: none, or width × kernel; 2 or 3 stages; norm, pooling, head of pooling or of one or two dense layers, dropout.
  vgg: {
    contexts: images,
    size: 2n * 3n * 5n * powers(6n, 1, 2) * powers(9n, 1, 3) * (1n + powers(9n, 1, 3)) * (1n + powers(3n, 1, 2)) * 3n * 4n,
    runs: 40,
  },
  // A module: 1×1, 3×3 with its reduction, larger kernel (one of three, each with a width) with its reduction, pooling.
  inception: { contexts: images, size: 2n * 2n * powers(3n * 8n * 12n * 2n, 1, 2) * powers(3n * 8n * 12n * 2n, 1, 3) * 3n * 4n, runs: 40 },
  // Eight layers with six inverted residuals each; five of them may be skipped, too.
  proxyless: { contexts: images, size: 6n ** 3n * 7n ** 5n * 4n, runs: 40 },
  // Three stages of one to three layers with 3 kernels × 3 expansions, and a width.
  ofa: { contexts: images, size: powers(9n, 1, 3) ** 3n * 3n * 4n, runs: 40 },
  // Two units of four kinds in each of three stages.
  units: { contexts: images, size: 4n ** 6n, runs: 40 },
  // A block: skip or not × (basic + bottleneck with 2 kernels + separable with 2 kernels); a stage has one width.
  resnet: { contexts: images, size: 4n * 2n * powers(10n, 1, 2) * 3n * powers(10n, 1, 3) * 3n * powers(10n, 1, 3) * 4n },
  // A layer: 3 connections × (convolution + bottleneck with 2 kernels + separable with 3 kernels).
  densenet: { contexts: images, size: 4n * 2n * powers(18n, 1, 2) * 2n * powers(18n, 1, 3) * 2n * powers(18n, 1, 4) * 4n },
  // An edge or none between any two of seven vertices, an operation of three on five of them; too many edges and all.
  'nas-bench-101': { contexts: images, size: 2n ** 21n * 3n ** 5n, runs: 12, limited: true },
  'nas-bench-201': { contexts: images, size: 5n ** 6n, runs: 40 },
  'nas-bench-macro': { contexts: images, size: 3n ** 8n, runs: 40 },
  'trans-nas-bench-101': { contexts: images, size: 4n ** 6n, runs: 40 },
  // A node takes two of 2 to 5 sources, an operation of seven on each; normal and reduction cell.
  darts: { contexts: images, size: (1n * 3n * 6n * 10n * 7n ** 8n) ** 2n, runs: 12 },
  // A node takes twice one of 2 to 6 sources with an operation.
  nasnet: { contexts: images, size: (720n ** 2n * 13n ** 10n) ** 2n, runs: 8 },
  // The paper's 5.6 × 10^14: one cell.
  pnas: { contexts: images, size: 720n ** 2n * 8n ** 10n, runs: 8 },
  'enas-micro': { contexts: images, size: (720n ** 2n * 5n ** 10n) ** 2n, runs: 8 },
  // The paper's 6^L × 2^(L(L−1)/2), 1.6 × 10^29.
  'enas-macro': { contexts: images, size: 6n ** 12n * 2n ** 66n, runs: 8 },
  signal: { contexts: signals, size: 12n * signalStage(1) * 3n * signalStage(1) * 3n * signalStage(0) * 3n * 4n },
  // Stem, layers, units, three nodes with a choice of source, functions of four nodes, reading, dropout, rate.
  rnn: { contexts: signals, size: 2n * 2n * 2n * 2n * 24n * 4n ** 4n * 2n * 3n * 4n },
  // Plain: a width a layer. Residual: one width, an expansion a block. Then embedding, normalisation, activation, dropout, rate, decay.
  mlp: { contexts: tables, size: 4n * (powers(4n, 1, 4) + 4n * powers(2n, 1, 4)) * 3n * 4n * 4n * 4n * 4n },
}

for (const entry of spaces) spaceSuite(entry.make(), capabilities[entry.name])

describe('the registry of spaces', () => {
  it('lists each name once, with what help needs, and the tests know every one', () => {
    expect(spaces.map(({ name }) => name).sort()).toEqual(Object.keys(capabilities).sort())
    for (const entry of spaces) {
      expect(entry.make().name).toBe(entry.name)
      expect(entry.summary.length).toBeGreaterThan(20)
      expect(entry.paper).toMatch(/\d{4}/)
    }
  })

  it('has the architectures of a space in every frame, and says what a frame has', () => {
    for (const { name, frame, make } of spaces.filter((entry) => entry.frame !== undefined)) {
      expect(make(frame).size).toBe(make().size)
      const text = make().print(make().sample(randomFor(1)))
      const wide = findSpace(framedName(name, { channels: 32 }))
      expect(wide.print(wide.parse(text))).toBe(text)
      expect(wide.cost(wide.parse(text), images[0]).parameters).toBeGreaterThan(make().cost(make().parse(text), images[0]).parameters)
    }
    expect(framedName('darts:cells=8', { cells: undefined, channels: 16 })).toBe('darts:cells=8,channels=16')
    expect(framedName('darts:cells=8', { cells: 20, channels: undefined })).toBe('darts:cells=20')
    expect(() => findSpace('darts:cell=3')).toThrow(/"darts" has no number of cell.*"cells".*It has cells and channels/)
    expect(() => findSpace('darts:cells=none')).toThrow(/cells of the space "darts" must be a whole number/)
    expect(() => findSpace('enas-macro:cells=3')).toThrow(/no number of cells.*It has channels/)
    expect(() => findSpace('chain:channels=3')).toThrow(/fixed frame/)
  })

  it('finds a space by name, and helps with a slip', () => {
    expect(findSpace('chain').name).toBe('chain')
    expect(() => findSpace('chian')).toThrow(/chian.*"chain"/)
  })

  it('finds a space in another frame, whose architectures are read back and vary', () => {
    const names = spaces.flatMap(({ name, frames = {} }) => Object.keys(frames).map((frame) => `${name}@${frame}`))
    for (const name of names) {
      const made = findSpace(name)
      expect(made.name).toBe(name)
      for (let seed = 0; seed < 3; seed++) {
        const architecture = made.sample(randomFor(seed, name))
        expect(made.parse(made.print(architecture))).toEqual(architecture)
        expect(made.check(made.mutate(architecture, randomFor(seed)))).toEqual([])
        const tokens = { input: { shape: [20], categories: Array<number>(20).fill(30) }, outputs: 30 }
        const context = name.startsWith('rnn@') ? tokens : { input: { shape: [3, 64, 64] }, outputs: 100 }
        expect(made.cost(architecture, context).parameters).toBeGreaterThan(0)
      }
    }
  })

  it('says what a frame is called', () => {
    expect(() => findSpace('resnet@imagnet')).toThrow(/imagnet.*"imagenet".*cifar, imagenet/)
    expect(() => findSpace('chain@imagenet')).toThrow(/no frames/)
  })
})

describe('NAS-Bench-201', () => {
  const whole = nasBench201Space({ cells: 5 })
  const context = { input: { shape: [3, 32, 32] }, outputs: 10 }

  it.each([
    // Parameters in millions as the benchmark publishes them for CIFAR-10.
    ['|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|', 0.1293],
    ['|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|', 0.8024],
    ['|none~0|+|none~0|none~1|+|none~0|none~1|none~2|', 0.0733],
    ['|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|', 1.5315],
  ])('has as many parameters as published: %s', (text, millions) => {
    expect(whole.cost(whole.parse(text), context).parameters / 1e6).toBeCloseTo(millions, 3)
  })

  it('reads the published notation', () => {
    const text = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|'
    const own = 'cell(n1(input=nor_conv_3x3) n2(input=none n1=skip_connect) n3(input=avg_pool_3x3 n1=nor_conv_1x1 n2=none))'
    expect(whole.print(whole.parse(text))).toBe(own)
    expect(() => whole.parse('|nor_conv_3x3~0|+|nonsense~0|none~1|+|none~0|none~1|none~2|')).toThrow(/nonsense.*none of none, skip_connect/)
    expect(() => whole.parse('|nor_conv_3x3~0|+|none~0|')).toThrow(/Position 1/)
  })
})

describe('spaces in the size of their papers', () => {
  it.each([
    ['proxyless@imagenet', 6n ** 6n * 7n ** 15n],
    // (9² + 9³ + 9⁴)⁵, about 2 × 10^19.
    ['ofa@imagenet', 7371n ** 5n],
    // 8! · 4^8 cells.
    ['rnn@darts', 40_320n * 4n ** 8n],
    // The paper's 4^N · N! (about 10^15) for N = 12 counts a source for the first node, too, which has the input alone.
    ['rnn@enas', 39_916_800n * 4n ** 12n],
  ])('%s has as many networks', (name, size) => expect(findSpace(name).size).toBe(size))
})

describe('NAS-Bench-Macro', () => {
  const made = findSpace('nas-bench-macro')

  it.each([
    // Parameters and multiply-accumulates as the benchmark publishes them for CIFAR-10.
    ['00000000', 387_882, 7_713_280],
    ['11111111', 1_588_874, 53_246_464],
    ['22222222', 2_932_586, 105_660_928],
    ['20202020', 1_537_130, 54_391_296],
    ['00000002', 1_219_370, 20_910_592],
  ])('has as many parameters and operations as published: %s', (text, parameters, accumulates) => {
    const network = made.child(made.parse(text), { input: { shape: [3, 32, 32] }, outputs: 10 })
    expect(networkCost(network).parameters).toBe(parameters)
    // Convolutions and the classifier alone, as the benchmark counts; the classifier's ten biases are over.
    const products = nodeCosts(network).filter(({ kind }) => kind === 'convolution' || kind === 'dense')
    expect(products.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * accumulates + 10)
  })
})

describe('TransNAS-Bench-101', () => {
  const whole = transNasBench101Space({ cells: 2, channels: 64, stemStride: 4 })
  const context = { input: { shape: [3, 256, 256] }, outputs: 75 }
  const network = (text: string) => whole.child(whole.parse(text), context)

  it('reads the published notation', () => {
    const own = 'cell(n1(input=nor_conv_3x3) n2(input=none n1=nor_conv_1x1) n3(input=skip_connect n1=skip_connect n2=nor_conv_3x3))'
    for (const text of ['64-41414-3_02_113', '3_02_113', '302113']) expect(whole.print(whole.parse(text))).toBe(own)
    expect(() => whole.parse('302114')).toThrow(/Position 7/)
  })

  it("has the paper's frame: the extents and channels of five modules, and the parameters that follow", () => {
    // Widths 64 → 128, 128, 256, 256, 512; the first cell of a reducing module reads the width before. A cell of 3×3 convolutions alone has three edges
    // from its input and three within; each has a weight a tap and two numbers of batch norm a channel.
    const edge = (from: number, to: number): number => 9 * from * to + 2 * to
    const cell = (from: number, to: number): number => 3 * edge(from, to) + 3 * edge(to, to)
    const stem = 27 * 32 + 64 + 9 * 32 * 64 + 128
    const cells = cell(64, 128) + 3 * cell(128, 128) + cell(128, 256) + 3 * cell(256, 256) + cell(256, 512) + cell(512, 512)
    const made = network('333333')
    expect(networkCost(made).parameters).toBe(stem + cells + 512 * 75 + 75)
    const shapes = [...nodeShapes(made).values()].map((shape) => shape.join('×'))
    for (const shape of ['32×128×128', '64×64×64', '128×32×32', '256×16×16', '512×8×8']) expect(shapes).toContain(shape)
  })

  it('projects in a reducing skip and keeps the shape elsewhere', () => {
    // One reducing skip from the input in three cells: C → 2C by 1×1, and batch norm.
    const skips = [64, 128, 256].reduce((sum, width) => sum + width * 2 * width + 4 * width, 0)
    const nothing = networkCost(network('000000')).parameters
    expect(networkCost(network('000100')).parameters - nothing).toBe(skips)
  })
})

describe('what the spaces cost', () => {
  it.each(spaces.filter(({ kinds, name }) => kinds.includes('image') && name !== 'nas-bench-macro').map(({ name }) => name))(
    '%s: a typical child on 28×28 takes 2 to 45 million operations',
    (name) => {
      const made = findSpace(name)
      const flops = Array.from({ length: 101 }, (_, i) => networkCost(made.child(made.sample(randomFor(i)), images[1])).flops).sort(
        (a, b) => a - b,
      )
      expect(flops[50]).toBeGreaterThan(2e6)
      expect(flops[50]).toBeLessThan(45e6)
    },
  )
})
