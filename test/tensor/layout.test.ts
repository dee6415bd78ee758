import { beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../src/tensor/compile.ts'
import { constant, input } from '../../src/tensor/graph.ts'
import { gradients } from '../../src/tensor/gradients.ts'
import { blockedLayout } from '../../src/tensor/layout/blocked.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { add, div, mul, sub } from '../../src/tensor/ops/arithmetic.ts'
import { reduceSum } from '../../src/tensor/ops/broadcast.ts'
import { channelAffine, channelSum } from '../../src/tensor/ops/channel.ts'
import { type ConvolutionOptions, convolution } from '../../src/tensor/ops/convolution.ts'
import { averagePool, globalAveragePool, maxPool, type PoolOptions } from '../../src/tensor/ops/pooling.ts'
import { floor } from '../../src/tensor/ops/masks.ts'
import { reshape } from '../../src/tensor/ops/shape.ts'
import { exp, log, relu, sigmoid, sqrt } from '../../src/tensor/ops/unary.ts'
import { concat, pad, slice } from '../../src/tensor/ops/window.ts'
import { lower } from '../../src/tensor/lower.ts'
import type { Runtime, Value } from '../../src/tensor/runtime.ts'
import { simplify } from '../../src/tensor/simplify/simplify.ts'
import type { Shape, Tensor } from '../../src/tensor/tensor.ts'
import { sizeOf } from '../../src/tensor/tensor.ts'
import { gradientCases } from '../suites/gradient-cases.ts'
import { runEmulated } from './emulated-blocks.ts'
import { randomNet } from './random-nets.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

/** Numbers that look random, the same each time. */
function noise(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1
  return Float32Array.from({ length: count }, () => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9
    return ((state >>> 8) / 2 ** 24) * 2 - 1
  })
}

/** Every output must be the same (to rounding) by the standard operators, in blocks as this processor has them, and in emulated blocks of 8. */
async function expectSameValues(outputs: Record<string, Tensor>, blocks: readonly number[] = [8]): Promise<void> {
  const plain = await compile(runtime, outputs)
  const feeds = Object.fromEntries([...plain.inputs].map(([name, { shape }], i) => [name, noise(sizeOf(shape), i + 1)]))
  const expected = await plain.run(feeds)
  await plain.release()
  if (runtime.block > 1) {
    const program = await compile(runtime, outputs, { layout: blockedLayout(runtime.block) })
    expectEqual(await program.run(feeds), expected)
    await program.release()
  }
  const typed = Object.fromEntries(
    [...plain.inputs].map(([name, { dtype, shape }]) => [name, { dtype, shape, data: feeds[name] }] as const),
  )
  const names = Object.keys(outputs)
  const simplified = Object.fromEntries(simplify(Object.values(outputs)).map((tensor, i) => [names[i], tensor]))
  for (const block of blocks) {
    expectEqual(await runEmulated(runtime, lower(simplified, { layout: blockedLayout(block) }), typed, block), expected)
  }
}

function expectEqual(got: Record<string, Value>, expected: Record<string, Value>): void {
  for (const name of Object.keys(expected)) {
    const [a, b] = [expected[name].data as Float32Array, got[name].data as Float32Array]
    expect(b.length).toBe(a.length)
    const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0.05)
    const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)
    expect(worst / scale, `${name}: largest difference ${worst} of ${scale}`).toBeLessThan(2e-5)
  }
}

/** The outputs, and the gradient of a weighted sum of each with respect to every input. */
function withGradients(outputs: Record<string, Tensor>, wrt: readonly Tensor[]): Record<string, Tensor> {
  const losses = Object.values(outputs).map((y, i) => reduceSum(mul(y, input(`up${i}`, y.shape))))
  const loss = losses.reduce((sum, term) => add(sum, term))
  const grads = gradients(loss, wrt)
  return { ...outputs, ...Object.fromEntries(grads.map((grad, i) => [`grad${i}`, grad])) }
}

const x = (shape: Shape): Tensor => input('x', shape)
const w = (shape: Shape, name = 'w'): Tensor => input(name, shape)

interface Case {
  readonly batch: number
  readonly channels: number
  readonly outputs: number
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly options: ConvolutionOptions
}

const cases: Case[] = [
  { batch: 4, channels: 16, outputs: 16, size: [32, 32], kernel: [3, 3], options: { pads: 1 } },
  { batch: 16, channels: 16, outputs: 32, size: [8, 8], kernel: [3, 3], options: { pads: 1 } },
  { batch: 3, channels: 32, outputs: 16, size: [28, 28], kernel: [3, 3], options: { pads: 1 } },
  { batch: 20, channels: 32, outputs: 48, size: [7, 7], kernel: [3, 3], options: { pads: 1 } },
  { batch: 32, channels: 16, outputs: 64, size: [14, 14], kernel: [1, 1], options: {} },
  { batch: 5, channels: 64, outputs: 16, size: [9, 5], kernel: [1, 1], options: {} },
  { batch: 4, channels: 16, outputs: 32, size: [32, 32], kernel: [3, 3], options: { pads: 1, stride: 2 } },
  { batch: 4, channels: 16, outputs: 32, size: [15, 13], kernel: [3, 3], options: { pads: 1, stride: 2 } },
  { batch: 4, channels: 16, outputs: 32, size: [16, 16], kernel: [1, 1], options: { stride: 2 } },
  { batch: 4, channels: 16, outputs: 16, size: [12, 12], kernel: [5, 5], options: { pads: 2 } },
  { batch: 4, channels: 16, outputs: 16, size: [12, 12], kernel: [5, 5], options: { pads: 2, stride: 2 } },
  { batch: 4, channels: 16, outputs: 16, size: [12, 12], kernel: [7, 7], options: { pads: 3, stride: 3 } },
  { batch: 4, channels: 16, outputs: 16, size: [12, 12], kernel: [3, 3], options: { pads: 2, dilation: 2 } },
  { batch: 4, channels: 16, outputs: 16, size: [13, 12], kernel: [3, 3], options: { pads: 2, dilation: 2, stride: 2 } },
  { batch: 2, channels: 16, outputs: 16, size: [12, 12], kernel: [3, 3], options: {} },
  { batch: 2, channels: 16, outputs: 16, size: [12, 12], kernel: [2, 2], options: { stride: 2 } },
  { batch: 2, channels: 16, outputs: 16, size: [13, 13], kernel: [2, 4], options: { pads: [0, 1, 1, 2] } },
  { batch: 2, channels: 3, outputs: 32, size: [16, 16], kernel: [3, 3], options: { pads: 1 } },
  { batch: 2, channels: 1, outputs: 16, size: [28, 28], kernel: [5, 5], options: { pads: 2, stride: 2 } },
  { batch: 4, channels: 24, outputs: 40, size: [10, 10], kernel: [3, 3], options: { pads: 1 } },
  { batch: 4, channels: 30, outputs: 18, size: [10, 10], kernel: [3, 3], options: { pads: 1 } },
  { batch: 4, channels: 8, outputs: 8, size: [10, 10], kernel: [3, 3], options: { pads: 1 } },
  { batch: 4, channels: 16, outputs: 4, size: [10, 10], kernel: [3, 3], options: { pads: 1 } },
  { batch: 4, channels: 32, outputs: 32, size: [10, 10], kernel: [3, 3], options: { pads: 1, groups: 32 } },
  { batch: 4, channels: 24, outputs: 24, size: [10, 10], kernel: [5, 5], options: { pads: 2, groups: 24 } },
  { batch: 4, channels: 32, outputs: 32, size: [10, 10], kernel: [3, 3], options: { pads: 1, groups: 32, stride: 2 } },
  { batch: 4, channels: 32, outputs: 32, size: [11, 10], kernel: [3, 3], options: { pads: 2, groups: 32, dilation: 2 } },
  { batch: 4, channels: 32, outputs: 64, size: [10, 10], kernel: [3, 3], options: { pads: 1, groups: 32 } },
  { batch: 4, channels: 32, outputs: 64, size: [10, 10], kernel: [3, 3], options: { pads: 1, groups: 2 } },
]

describe('the blocked layout gives what the standard operators give', () => {
  test.each(cases)('convolution $channels→$outputs $kernel on $size, batch $batch, $options', async (setting) => {
    const { batch, channels, outputs, size, kernel, options } = setting
    const image = x([batch, channels, ...size])
    const filter = w([outputs, channels / (options.groups ?? 1), ...kernel])
    const bias = w([outputs], 'bias')
    const y = convolution(image, filter, { ...options, bias })
    await expectSameValues(withGradients({ y }, [image, filter, bias]))
  })

  test.each(cases.slice(0, 8))('convolution after convolution: values stay blocked ($channels→$outputs on $size)', async (setting) => {
    const { batch, channels, outputs, size, kernel, options } = setting
    const image = x([batch, 3, ...size])
    const first = w([channels, 3, 3, 3], 'first')
    const filter = w([outputs, channels, ...kernel])
    const y = relu(convolution(relu(convolution(image, first, { pads: 1 })), filter, options))
    await expectSameValues(withGradients({ y }, [first, filter]))
  })

  const pools: [string, PoolOptions][] = [
    ['tiles', { kernel: 2 }],
    ['overlapping windows', { kernel: 3, stride: 2, pads: 1 }],
    ['windows that stay', { kernel: 3, stride: 1, pads: 1 }],
    ['odd windows', { kernel: [2, 3], stride: [2, 1], pads: [0, 1, 1, 1] }],
  ]
  test.each(pools)('pooling: %s', async (_, options) => {
    for (const size of [
      [8, 8],
      [9, 7],
    ] as const) {
      const image = x([3, 20, ...size])
      const filter = w([20, 20, 1, 1])
      // After a ReLU whole windows are 0, and rounding makes equal neighbours: the first of them gets the gradient.
      const coarse = relu(convolution(image, filter))
      const outputs = {
        max: maxPool(coarse, options),
        average: averagePool(coarse, options),
        inside: averagePool(coarse, { ...options, countIncludePad: false }),
        global: globalAveragePool(coarse),
      }
      await expectSameValues(withGradients(outputs, [image, filter]))
    }
  })

  const windows: PoolOptions[] = [
    { kernel: 2 },
    { kernel: 3, stride: 1, pads: 1 },
    { kernel: 3, stride: 2 },
    { kernel: [5, 4], stride: [1, 3], pads: [2, 1, 2, 3] },
  ]
  test.each(windows)('the first of equal elements gets the gradient of max pooling: %o', async (options) => {
    const image = x([2, 16, 6, 8])
    const filter = w([16, 16, 1, 1])
    // Most are below 0, so that padding would be larger.
    const steps = floor(mul(convolution(image, filter), 0.7))
    const y = maxPool(steps, options)
    const up = input('up0', y.shape)
    const [grad] = gradients(reduceSum(mul(y, up)), [steps])
    await expectSameValues({ y, grad })
  })

  test('a number for each channel of each image, and the sum over its places', async () => {
    for (const channels of [16, 24]) {
      const image = x([3, channels, 5, 6])
      const filter = w([channels, channels, 1, 1])
      const gate = input('gate', [3, channels, 1, 1])
      const c = convolution(image, filter)
      const gated = mul(c, gate)
      const row = reshape(c, [3, channels, 30])
      const again = mul(reshape(gate, [3, channels, 1]), row)
      const own = mul(c, sigmoid(globalAveragePool(c)))
      await expectSameValues(withGradients({ gated, again, own, sum: reduceSum(c, [2, 3], { keepDims: true }) }, [image, filter, gate]))
    }
  })

  test('batch norm with its gradient, residual sums, sums over channels', async () => {
    for (const channels of [16, 24]) {
      const image = x([4, channels, 6, 5])
      const filter = w([channels, channels, 3, 3])
      const [gamma, beta] = [w([channels], 'gamma'), w([channels], 'beta')]
      const c = convolution(image, filter, { pads: 1 })
      const mean = mul(channelSum(c), 1 / 120)
      const variance = sub(mul(channelSum(mul(c, c)), 1 / 120), mul(mean, mean))
      const scale = mul(gamma, sigmoid(variance))
      const shift = sub(beta, mul(mean, scale))
      const y = relu(add(channelAffine(c, scale, shift), image))
      const z = channelAffine(c, scale, shift, { add: image, relu: true })
      const perChannel = mul(add(c, reshape(beta, [channels, 1, 1])), reshape(gamma, [1, channels, 1, 1]))
      await expectSameValues(withGradients({ y, z, perChannel }, [image, filter, gamma, beta]))
    }
  })

  test('squeeze and excite: one number an image and channel', async () => {
    const image = x([3, 32, 6, 6])
    const [down, up] = [w([16, 32, 1, 1], 'down'), w([32, 16, 1, 1], 'upward')]
    const c = relu(convolution(image, w([32, 32, 3, 3]), { pads: 1 }))
    const gate = sigmoid(convolution(relu(convolution(globalAveragePool(c), down)), up))
    await expectSameValues(withGradients({ y: mul(c, gate) }, [image, down, up]))
  })

  test('arithmetic with vectors, places and itself', async () => {
    for (const channels of [16, 20]) {
      const image = x([2, channels, 6, 5])
      const c = convolution(image, w([channels, channels, 1, 1]))
      const vector = reshape(w([channels], 'vector'), [channels, 1, 1])
      const places = constant(
        Float32Array.from({ length: 30 }, (_, i) => i - 10),
        [6, 5],
      )
      const positive = add(mul(c, c), 1)
      const outputs = {
        less: sub(c, vector),
        from: sub(vector, c),
        places: add(mul(c, places), places),
        ratio: div(c, positive),
        roots: sqrt(positive),
        grown: exp(c),
        logs: convolution(log(positive), w([16, channels, 1, 1], 'second')),
        both: add(relu(add(c, image)), add(c, image)),
      }
      await expectSameValues(withGradients(outputs, [image]))
    }
  })

  test('pads, slices, joins and reshapes of images', async () => {
    const image = x([2, 32, 8, 8])
    const c = convolution(image, w([32, 32, 1, 1]))
    const padded = pad(c, [0, 0, 1, 2], [0, 0, 0, 1], 0.5)
    const cut = slice(c, [0, 0, 1, 0], [2, 32, 8, 8], [1, 1, 2, 3])
    const half = slice(c, [0, 16, 0, 0], [2, 32, 8, 8])
    const odd = slice(c, [0, 3, 0, 0], [2, 20, 8, 8])
    const joined = concat([c, half, image], 1)
    const batches = concat([c, image], 0)
    const rows = reshape(c, [2, 32, 64])
    const flat = reshape(c, [2, 2048])
    await expectSameValues(withGradients({ padded, cut, half, odd, joined, batches, rows, flat }, [image]))
  })

  test.each(Array.from({ length: 40 }, (_, i) => i + 1))('random network %i', async (seed) => {
    await expectSameValues(randomNet(seed), seed % 5 === 0 ? [8] : [])
  })

  // Images go through a depthwise convolution first, which puts them into blocks, so that what comes after has to do with blocks.
  const inBlocks = (tensor: Tensor): Tensor =>
    tensor.shape.length === 4 && tensor.shape[1] > 1 && tensor.dtype === 'float32'
      ? convolution(tensor, constant(new Float32Array(tensor.shape[1]).fill(1), [tensor.shape[1], 1, 1, 1]), { groups: tensor.shape[1] })
      : tensor

  const imageCases = gradientCases.filter(({ inputs }) => inputs.some(({ shape }) => shape.length === 4))
  test.each(imageCases.map((one) => [one.name, one] as const))('of the table of gradients: %s', async (_, { inputs, build, order }) => {
    const tensors = inputs.map(({ shape }, i) => input(`x${i}`, shape))
    const y = build(...tensors.map(inBlocks))
    const first = gradients(reduceSum(mul(y, input('up', y.shape))), tensors)
    const weighted = first.map((gradient, i) => reduceSum(mul(gradient, input(`up${i}`, gradient.shape))))
    const second =
      order === 2
        ? gradients(
            weighted.reduce((sum, term) => add(sum, term)),
            tensors,
          )
        : []
    const named = [...first, ...second].map((gradient, i) => [`gradient${i}`, gradient] as const)
    await expectSameValues({ y, ...Object.fromEntries(named) }, [4])
  })
})
