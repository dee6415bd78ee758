import { beforeAll, describe, expect, it } from 'vitest'
import * as t from '../../src/tensor/index.ts'
import type { Runtime, Tensor, TypedArray } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { convolutionShapes } from '../suites/gradient-cases.ts'
import { uniform, values } from '../suites/gradients.ts'

// What ops compute, against loops and formulas written here; their gradients are checked in gradients.test.ts.

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

async function run(outputs: Record<string, Tensor>, feeds: Record<string, TypedArray> = {}): Promise<Record<string, number[]>> {
  const program = await t.compile(runtime, outputs, { simplified: false })
  const result = await program.run(feeds)
  await program.release()
  for (const [name, tensor] of Object.entries(outputs))
    expect([result[name].dtype, result[name].shape]).toEqual([tensor.dtype, tensor.shape])
  return Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, Array.from(data, Number)]))
}

const close = (actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void => {
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i] - value), `element ${i}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)))
}

describe('elementwise', () => {
  const numbers = [-2.5, -1, -0.25, 0, 1e-20, 0.25, 1, 3]

  it('computes functions of one number', async () => {
    const x = t.input('x', [8])
    const positive = t.add(t.abs(x), 0.5)
    const result = await run(
      {
        neg: t.neg(x),
        exp: t.exp(x),
        log: t.log(positive),
        sqrt: t.sqrt(positive),
        reciprocal: t.reciprocal(positive),
        abs: t.abs(x),
        relu: t.relu(x),
        sigmoid: t.sigmoid(x),
        tanh: t.tanh(x),
        sign: t.sign(x),
        floor: t.floor(x),
        hardSigmoid: t.hardSigmoid(x),
        step: t.step(x),
        softplus: t.softplus(x),
        isNaN: t.isNaN(t.sqrt(x)),
        clamp: t.clamp(x, -1, 0.5),
        whole: t.cast(t.cast(x, 'int32'), 'float32'),
      },
      { x: Float32Array.from(numbers) },
    )
    const functions: Record<string, (x: number) => number> = {
      neg: (x) => -x,
      exp: Math.exp,
      log: (x) => Math.log(Math.abs(x) + 0.5),
      sqrt: (x) => Math.sqrt(Math.abs(x) + 0.5),
      reciprocal: (x) => 1 / (Math.abs(x) + 0.5),
      abs: Math.abs,
      relu: (x) => Math.max(x, 0),
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      tanh: Math.tanh,
      sign: Math.sign,
      floor: Math.floor,
      hardSigmoid: (x) => Math.min(1, Math.max(0, x / 6 + 0.5)),
      step: (x) => (x > 0 ? 1 : 0),
      softplus: (x) => Math.log(1 + Math.exp(x)),
      isNaN: (x) => (x < 0 ? 1 : 0),
      clamp: (x) => Math.min(0.5, Math.max(-1, x)),
      whole: Math.trunc,
    }
    for (const [name, f] of Object.entries(functions)) close(result[name], numbers.map(f))
  })

  it('knows the error function', async () => {
    const { y } = await run({ y: t.erf(t.constant([0, 0.5, 1, -2])) })
    close(y, [0, 0.5204998778, 0.8427007929, -0.995322265])
  })

  it('compares floats and integers', async () => {
    const [a, b] = [t.constant([1, 2, 3, -1e-12, 1e20]), t.constant([2, 2, 2, 0, 1e-20])]
    const [i, j] = [t.constant([1, 2, 3], [3], 'int64'), t.scalar(2, 'int64')]
    const result = await run({
      greater: t.greaterMask(a, b),
      atLeast: t.atLeastMask(a, b),
      equal: t.equalMask(a, b),
      chosen: t.where(t.greaterMask(a, b), a, t.scalar(Number.NaN)),
      greaterInteger: t.greaterMask(i, j),
      atLeastInteger: t.atLeastMask(i, j),
      equalInteger: t.equalMask(i, j),
      maximum: t.maximum(a, b),
      minimum: t.minimum(a, b),
      pow: t.pow(t.abs(b), 0.5),
    })
    expect(result.greater).toEqual([0, 0, 1, 0, 1])
    expect(result.atLeast).toEqual([0, 1, 1, 0, 1])
    expect(result.equal).toEqual([0, 1, 0, 0, 0])
    close(
      result.chosen.filter((x) => !Number.isNaN(x)),
      [3, 1e20],
    )
    expect([result.greaterInteger, result.atLeastInteger, result.equalInteger]).toEqual([
      [0, 0, 1],
      [0, 1, 1],
      [0, 1, 0],
    ])
    close(result.maximum, [2, 2, 3, 0, 1e20])
    close(result.minimum, [1, 2, 2, -1e-12, 1e-20])
    close(result.pow, [Math.SQRT2, Math.SQRT2, Math.SQRT2, 0, 1e-10])
  })

  it('wraps unsigned integers as JavaScript does', async () => {
    const random = uniform(1)
    const numbers = Uint32Array.from({ length: 32 }, () => random() * 2 ** 32)
    const x = t.input('x', [32], 'uint32')
    const result = await run(
      {
        mul: t.mul(x, 0x9e3779b1),
        add: t.add(x, 0xfffffff0),
        xor: t.bitwiseXor(x, 0xdeadbeef),
        and: t.bitwiseAnd(x, 0xffff),
        right: t.shiftRight(x, 15),
        left: t.shiftLeft(x, 3),
        rest: t.modulo(x, 7),
      },
      { x: numbers },
    )
    const of = (f: (x: number) => number): number[] => Array.from(numbers, (x) => f(x) >>> 0)
    expect(result.mul).toEqual(of((x) => Math.imul(x, 0x9e3779b1)))
    expect(result.add).toEqual(of((x) => x + 0xfffffff0))
    expect(result.xor).toEqual(of((x) => x ^ 0xdeadbeef))
    expect(result.and).toEqual(of((x) => x & 0xffff))
    expect(result.right).toEqual(of((x) => x >>> 15))
    expect(result.left).toEqual(of((x) => x << 3))
    expect(result.rest).toEqual(of((x) => x % 7))
  })
})

describe('shapes, sums and products', () => {
  const x = t.constant(
    Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  )

  it('moves elements', async () => {
    const result = await run({
      slice: t.slice(x, [0, 1, -3], [1, 3, 4], [1, 1, 2]),
      transpose: t.slice(t.transpose(x, [2, 0, 1]), [1, 0, 0], [2, 2, 3]),
      pad: t.pad(t.constant([1, 2]), [1], [2], 9),
      concat: t.concat([t.constant([1, 2], [2, 1]), t.constant([3, 4], [2, 1])], 1),
      zeros: t.insertZeros(t.constant([1, 2, 3, 4], [2, 2]), [2, 3]),
      middle: t.split(t.constant([1, 2, 3, 4, 5]), [1, 3, 1], 0)[1],
      broadcast: t.broadcastTo(t.constant([1, 2], [2, 1]), [2, 2, 3]),
    })
    expect(result).toEqual({
      slice: [5, 7, 9, 11],
      transpose: [1, 5, 9, 13, 17, 21],
      pad: [9, 1, 2, 9, 9],
      concat: [1, 3, 2, 4],
      zeros: [1, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 4],
      middle: [2, 3, 4],
      broadcast: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2],
    })
  })

  it('looks up and adds rows', async () => {
    const table = t.constant([1, 2, 3, 4, 5, 6], [3, 2])
    const indices = t.constant([2, 0, 2], [3], 'int64')
    const result = await run({
      rows: t.embedding(table, indices),
      columns: t.gather(table, t.constant([1, 1], [2], 'int32'), 1),
      sums: t.scatterAdd(t.constant([1, 1, 10, 10, 100, 100], [3, 2]), indices, 4),
      oneHot: t.oneHot(indices, 3),
      argMax: t.argMax(t.constant([1, 5, 5, 7, 2, 0], [2, 3])),
    })
    expect(result).toEqual({
      rows: [5, 6, 1, 2, 5, 6],
      columns: [2, 2, 4, 4, 6, 6],
      sums: [10, 10, 0, 0, 101, 101, 0, 0],
      oneHot: [0, 0, 1, 1, 0, 0, 0, 0, 1],
      argMax: [1, 0],
    })
  })

  it('reduces', async () => {
    const result = await run({
      sum: t.reduceSum(x, [0, 2]),
      mean: t.reduceMean(x, [-1], { keepDims: true }),
      max: t.reduceMax(x),
      channelSum: t.channelSum(x),
      affine: t.sliceAxis(t.flatten(t.channelAffine(x, t.constant([1, 2, -1]), t.constant([0, 1, 0]), { add: x, relu: true }), 0), 0, 3, 9),
    })
    expect(result).toEqual({
      sum: [60, 92, 124],
      mean: [1.5, 5.5, 9.5, 13.5, 17.5, 21.5],
      max: [23],
      channelSum: [60, 92, 124],
      affine: [6, 13, 16, 19, 22, 0],
    })
  })

  it('multiplies matrices in every orientation, for both targets', async () => {
    const random = uniform(4)
    const [a, b] = [values(2 * 3 * 4, 'normal', random), values(2 * 4 * 5, 'normal', random)]
    const expected = Array.from({ length: 30 }, (_, n) => {
      const [batch, i, j] = [Math.floor(n / 15), Math.floor((n % 15) / 5), n % 5]
      return [0, 1, 2, 3].reduce((sum, k) => sum + a[batch * 12 + i * 4 + k] * b[batch * 20 + k * 5 + j], 0)
    })
    const [left, right] = [t.constant(a, [2, 3, 4]), t.constant(b, [2, 4, 5])]
    const swap = (x: Tensor): Tensor => t.transpose(x, [0, 2, 1])
    const outputs = {
      plain: t.matmul(left, right),
      transA: t.matmul(swap(left), right, { transA: true }),
      transB: t.matmul(left, swap(right), { transB: true }),
      both: t.matmul(swap(left), swap(right), { transA: true, transB: true }),
    }
    for (const target of ['onnxruntime', 'standard'] as const) {
      const program = await t.compile(runtime, outputs, { target, simplified: false })
      const result = await program.run({})
      await program.release()
      for (const { data } of Object.values(result)) close(Array.from(data, Number), expected)
    }
  })
})

describe('convolution', () => {
  for (const { name, x: xs, w: ws, options = {} } of convolutionShapes) {
    it(name, async () => {
      const random = uniform(8)
      const [x, w] = [values(t.sizeOf(xs), 'normal', random), values(t.sizeOf(ws), 'normal', random)]
      const y = t.convolution(t.constant(x, xs), t.constant(w, ws), options)
      const pair = (value: number | readonly number[] = 1): readonly number[] => (typeof value === 'number' ? [value, value] : value)
      const [stride, dilation, groups] = [pair(options.stride), pair(options.dilation), options.groups ?? 1]
      const pads = typeof options.pads === 'object' ? options.pads : [options.pads ?? 0, options.pads ?? 0]
      const [, outputs, rows, columns] = y.shape
      const expected = Array.from({ length: t.sizeOf(y.shape) }, (_, index) => {
        const at = [
          Math.floor(index / (outputs * rows * columns)),
          Math.floor(index / (rows * columns)) % outputs,
          Math.floor(index / columns) % rows,
          index % columns,
        ]
        let sum = 0
        for (let c = 0; c < ws[1]; c++) {
          for (let i = 0; i < ws[2]; i++) {
            for (let j = 0; j < ws[3]; j++) {
              const channel = Math.floor(at[1] / (ws[0] / groups)) * ws[1] + c
              const [row, column] = [at[2] * stride[0] + i * dilation[0] - pads[0], at[3] * stride[1] + j * dilation[1] - pads[1]]
              if (row < 0 || column < 0 || row >= xs[2] || column >= xs[3]) continue
              sum += x[((at[0] * xs[1] + channel) * xs[2] + row) * xs[3] + column] * w[((at[1] * ws[1] + c) * ws[2] + i) * ws[3] + j]
            }
          }
        }
        return sum
      })
      close((await run({ y })).y, expected, 1e-4)
    })
  }
})

describe('pooling', () => {
  const x = t.input('x', [1, 1, 3, 3])

  it('takes the largest, with padding that never wins', async () => {
    const { y } = await run(
      { y: t.maxPool(x, { kernel: 2, stride: 2, pads: [1, 1, 0, 0] }) },
      { x: Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8, -9) },
    )
    expect(y).toEqual([-1, -2, -4, -5])
  })

  it('gives the whole gradient to the first of equal elements, as PyTorch does', async () => {
    const equal = Float32Array.of(1, 1, 0, 1, 1, 2, 0, 2, 2)
    const upstream = t.constant([1, 10, 100, 1000], [1, 1, 2, 2])
    const y = t.maxPool(x, { kernel: 2, stride: 1 })
    const [dx] = t.gradients(y, [x], upstream)
    expect((await run({ dx }, { x: equal })).dx).toEqual([1, 0, 0, 0, 0, 1010, 0, 100, 0])
  })

  it('means with and without counting the padding', async () => {
    const ones = new Float32Array(9).fill(1)
    const options = { kernel: 3, stride: 1, pads: 1 } as const
    const result = await run(
      { counted: t.averagePool(x, options), real: t.averagePool(x, { ...options, countIncludePad: false }), all: t.globalAveragePool(x) },
      { x: ones },
    )
    close(
      result.counted,
      [4, 6, 4, 6, 9, 6, 4, 6, 4].map((count) => count / 9),
    )
    close(
      result.real,
      Array.from({ length: 9 }, () => 1),
    )
    close(result.all, [1])
  })
})

describe('softmax', () => {
  it('does not overflow', async () => {
    const x = t.constant([1000, 1001, -1000, 0, 0, 0], [2, 3])
    const { y, log } = await run({ y: t.softmax(x), log: t.logSoftmax(x) })
    close(y, [1 / (1 + Math.E), Math.E / (1 + Math.E), 0, 1 / 3, 1 / 3, 1 / 3])
    close(log, [-1.3132617, -0.3132617, -2001.3133, -1.0986123, -1.0986123, -1.0986123])
  })
})

describe('shape errors name the op, the problem and the inputs', () => {
  const x = t.input('x', [2, 3, 5, 5])
  const cases: [string, () => unknown, RegExp][] = [
    [
      'matmul',
      () => t.matmul(t.input('a', [2, 3]), t.input('b', [4, 5])),
      /matmul: cannot multiply .* \(inputs: float32\[2,3\], float32\[4,5\]\)/,
    ],
    ['convolution', () => t.convolution(x, t.input('w', [4, 2, 3, 3])), /channels do not fit 1 groups/],
    ['convolution too large', () => t.convolution(x, t.input('w', [4, 3, 7, 7])), /the kernel does not fit/],
    ['maxPool', () => t.maxPool(x, { kernel: 2, pads: 2 }), /padding must be smaller/],
    ['reshape', () => t.reshape(x, [7, -1]), /reshape/],
    ['concat', () => t.concat([x, t.input('y', [2, 3, 5, 4])], 1), /shapes differ beside axis 1/],
    ['gather', () => t.gather(x, t.input('i', [2])), /indices must be int64 or int32/],
    ['types', () => t.add(x, t.input('i', [5], 'int64')), /operands must have one type/],
    ['slice', () => t.sliceAxis(x, 1, 2, 4), /outside axis 1/],
    ['axis', () => t.softmax(x, 4), /axis 4 is outside a rank of 4/],
    ['channelAffine', () => t.channelAffine(x, t.zeros([2]), t.zeros([3])), /scale\[C\]/],
    ['gradients', () => t.gradients(t.argMax(x), [x]), /not float32/],
  ]
  for (const [name, build, message] of cases) it(name, () => expect(build).toThrow(message))
})
