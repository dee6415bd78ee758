import * as ort from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { createWebRuntime } from '../../src/tensor/browser/index.ts'
import * as t from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { gradientCases } from '../suites/gradient-cases.ts'
import { gradientSuite, uniform, values } from '../suites/gradients.ts'

const runtime = createWebRuntime(ort)

describe("onnxruntime-web's WebAssembly", () => {
  it('gives the numbers of the native library for the gradients of a small network', async () => {
    const x = t.input('x', [4, 3, 8, 8])
    const w = t.input('w', [8, 3, 3, 3])
    const v = t.input('v', [8 * 16, 5])
    const y = t.maxPool(t.relu(t.convolution(x, w, { pads: 1 })), { kernel: 2 })
    const loss = t.neg(t.reduceMean(t.sliceAxis(t.logSoftmax(t.matmul(t.flatten(y), v)), 1, 0, 1)))
    const [dw, dv] = t.gradients(loss, [w, v])
    const outputs = { loss, dw, dv, noise: t.cast(hash(t.input('counter', [16], 'uint32')), 'float32') }
    const random = uniform(5)
    const feeds = {
      x: values(768, 'normal', random),
      w: values(216, 'normal', random),
      v: values(640, 'normal', random),
      counter: Uint32Array.from({ length: 16 }, (_, i) => i),
    }
    const [native, web] = [await t.compile(await createNodeRuntime(), outputs), await t.compile(runtime, outputs)]
    const [expected, actual] = [await native.run(feeds), await web.run(feeds)]
    await Promise.all([native.release(), web.release()])
    for (const name of ['loss', 'dw', 'dv'] as const) {
      const [a, b] = [actual[name].data as Float32Array, expected[name].data as Float32Array]
      expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeLessThan(1e-4)
    }
    expect(actual.noise.data).toEqual(expected.noise.data)
  })
})

/** A multiply-and-xor hash: integers wrap alike everywhere. */
function hash(counter: t.Tensor): t.Tensor {
  const mixed = t.mul(t.bitwiseXor(counter, t.shiftRight(counter, 16)), 0x7feb352d)
  return t.bitwiseXor(mixed, t.shiftRight(mixed, 15))
}

const chosen = new Set([
  'mul broadcast',
  'convolution 3×3 stride 2, odd size',
  'convolution depthwise',
  'maxPool 3×3 stride 1 padded',
  'averagePool 2×2',
  'batch norm',
  'gather',
])
gradientSuite('gradients on WebAssembly', { runtime: () => Promise.resolve(runtime), only: ({ name }) => chosen.has(name) })

it('chooses rows that exist', () => {
  const names = new Set(gradientCases.map(({ name }) => name))
  expect([...chosen].filter((name) => !names.has(name))).toEqual([])
})
