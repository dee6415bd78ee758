import { beforeAll, describe, expect, it } from 'vitest'
import * as t from '../../src/tensor/index.ts'
import type { Runtime, Tensor } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { gradientCases } from '../suites/gradient-cases.ts'
import { uniform, values } from '../suites/gradients.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const ops = (tensors: readonly Tensor[]): string[] =>
  t
    .topologicalOrder(tensors)
    .map(({ op }) => op as string)
    .filter((op) => op !== 'input' && op !== 'constant')

/** Both graphs, run on the same values. */
async function expectEqual(outputs: Record<string, Tensor>, feeds: Record<string, Float32Array>, tolerance = 1e-4): Promise<void> {
  t.verify(Object.values(t.simplifyOutputs(outputs)), t.operations)
  const plain = await t.compile(runtime, outputs, { simplified: false })
  const simplified = await t.compile(runtime, outputs)
  const given = (program: t.Program): Record<string, Float32Array> =>
    Object.fromEntries([...program.inputs.keys()].map((name) => [name, feeds[name]]))
  const [expected, actual] = [await plain.run(given(plain)), await simplified.run(given(simplified))]
  await Promise.all([plain.release(), simplified.release()])
  for (const name of Object.keys(outputs)) {
    expect(actual[name].shape).toEqual(expected[name].shape)
    const [a, b] = [actual[name].data as Float32Array, expected[name].data as Float32Array]
    const scale = Math.max(1, ...b.map(Math.abs))
    for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i]) / scale).toBeLessThan(tolerance)
  }
}

describe('what simplify does', () => {
  const x = t.input('x', [2, 3])
  const image = t.input('image', [2, 3, 4, 4])
  const c = t.input('c', [3])

  it('drops neutral operations', () => {
    expect(t.simplify([t.add(t.mul(x, 1), 0)])).toEqual([x])
    expect(t.simplify([t.sub(t.div(x, 1), 0)])).toEqual([x])
    expect(t.simplify([t.neg(t.neg(x))])).toEqual([x])
    expect(t.simplify([t.reshape(t.reshape(x, [6]), [2, 3])])).toEqual([x])
    expect(t.simplify([t.transpose(t.transpose(x))])).toEqual([x])
    expect(t.simplify([t.stopGradient(x)])).toEqual([x])
    expect(t.simplify([t.mul(x, t.ones([2, 3]))])).toEqual([x])
  })

  it('keeps the shape when a neutral operation broadcasts', () => {
    const [y] = t.simplify([t.add(t.zeros([4, 2, 3]), x)])
    expect(y.shape).toEqual([4, 2, 3])
  })

  it('merges equal sub-expressions, whatever the order of commuting operands', () => {
    const y = t.add(t.exp(t.mul(x, c)), t.exp(t.mul(c, x)))
    expect(ops(t.simplify([y]))).toEqual(['mul', 'exp', 'mul'])
  })

  it('computes numbers and gathers factors', () => {
    expect(ops(t.simplify([t.mul(t.mul(t.mul(x, 2), 3), t.exp(t.scalar(0)))]))).toEqual(['mul'])
    expect(ops(t.simplify([t.mul(t.scalar(2), t.sqrt(t.scalar(9)))]))).toEqual([])
  })

  it('moves a factor behind a reduction', () => {
    const [y] = t.simplify([t.reduceSum(t.mul(x, 0.25))])
    expect(y.op).toBe('mul')
    expect(ops([y])).toEqual(['reduceSum', 'mul'])
  })

  it('gathers per-channel arithmetic and ReLU into one channelAffine', () => {
    const v = t.reshape(c, [1, 3, 1, 1])
    const y = t.relu(t.add(t.add(t.mul(image, v), v), t.exp(image)))
    expect(ops(t.simplify([y]))).toEqual(['exp', 'channelAffine'])
  })

  it('leaves alone what others read', () => {
    const affine = t.channelAffine(image, c, c)
    const [y] = t.simplify([t.add(t.relu(affine), t.exp(affine))])
    expect(ops([y])).toEqual(['channelAffine', 'relu', 'exp', 'add'])
  })

  it('makes the gradient of batch norm a few passes over the image', () => {
    const count = 32
    const mean = t.mul(t.channelSum(image), 1 / count)
    const variance = t.sub(t.mul(t.channelSum(t.square(image)), 1 / count), t.square(mean))
    const scale = t.div(c, t.sqrt(t.add(variance, 1e-5)))
    const y = t.channelAffine(image, scale, t.neg(t.mul(mean, scale)))
    const upstream = t.input('u', image.shape)
    const simplified = t.simplify(t.gradients(y, [image], upstream))
    const large = t.topologicalOrder(simplified).filter((node) => node.op !== 'input' && node.shape.length === 4)
    expect(large.map(({ op }) => op)).toEqual(['mul', 'mul', 'channelAffine', 'channelAffine'])
  })
})

describe('simplify keeps the values', () => {
  for (const test of gradientCases) {
    it(`${test.name} and its gradients`, async () => {
      const inputs = test.inputs.map(({ shape }, i) => t.input(`x${i}`, shape))
      const y = test.build(...inputs)
      const upstream = t.input('upstream', y.shape)
      const first = t.gradients(y, inputs, upstream)
      const second = t.gradients(t.addAll(first.map((g) => t.reduceSum(t.square(g)))), [...inputs, upstream])
      const random = uniform(3)
      const feeds: Record<string, Float32Array> = { upstream: values(t.sizeOf(y.shape), 'normal', random) }
      for (const [i, { shape, fill = 'normal' }] of test.inputs.entries()) feeds[`x${i}`] = values(t.sizeOf(shape), fill, random)
      const named = (prefix: string, tensors: readonly Tensor[]): [string, Tensor][] =>
        tensors.map((tensor, i) => [`${prefix}${i}`, tensor])
      await expectEqual(Object.fromEntries([['y', y] as const, ...named('g', first), ...named('h', second)]), feeds)
    })
  }

  it('for graphs made at random', async () => {
    for (let seed = 0; seed < 150; seed++) await randomGraph(seed)
  })
})

/** A graph of cheap ops on few tensors and many neutral numbers, so that rules meet often. */
async function randomGraph(seed: number): Promise<void> {
  const random = uniform(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]
  const x = t.input('x', [2, 3, 2, 2])
  const c = t.input('c', [3])
  const pool: Tensor[] = [
    x,
    c,
    t.reshape(c, [3, 1, 1]),
    t.reshape(c, [1, 3, 1, 1]),
    t.scalar(0),
    t.scalar(1),
    t.scalar(-1),
    t.scalar(0.5),
    t.zeros([3]),
    t.ones(x.shape),
  ]
  const broadcasts = (a: Tensor, b: Tensor): boolean => {
    try {
      return t.add(a, b) !== undefined
    } catch {
      return false
    }
  }
  for (let i = 0; i < 14; i++) {
    const [a, b] = [pick(pool), pick(pool)]
    const choice = Math.floor(random() * 12)
    if (choice <= 5 && broadcasts(a, b)) pool.push([t.add, t.sub, t.mul, t.maximum, t.minimum, t.mul][choice](a, b))
    else if (choice === 6) pool.push(t.neg(a))
    else if (choice === 7) pool.push(t.tanh(a))
    else if (choice === 8) pool.push(t.relu(a))
    else if (choice === 9 && a.shape.length === 4) pool.push(t.channelSum(a))
    else if (choice === 10 && a.shape.length === 4) pool.push(t.channelAffine(a, c, pick([c, t.zeros([3])]), { relu: random() < 0.5 }))
    else if (a.shape.length === 4) pool.push(t.transpose(t.transpose(a, [0, 1, 3, 2]), [0, 1, 3, 2]))
    else pool.push(t.reduceSum(t.mul(a, 0.5), [], {}))
  }
  const y = t.addAll(pool.filter((node) => node.shape.join() === '2,3,2,2'))
  const outputs = Object.fromEntries([y, ...t.gradients(y, [x, c])].map((node, i) => [`y${i}`, node]))
  const feeds = { x: values(24, 'spread', random), c: values(3, 'positive', random) }
  await expectEqual(outputs, feeds, 1e-3)
}
