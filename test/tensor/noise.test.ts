import { beforeAll, describe, expect, it } from 'vitest'
import {
  bernoulliNoise,
  compile,
  dropout,
  dropPath,
  gradients,
  gumbelNoise,
  input,
  logisticNoise,
  type NoiseKey,
  noiseSeed,
  normalNoise,
  type Program,
  reduceSum,
  type Runtime,
  type Shape,
  type Tensor,
  uniformNoise,
} from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'

const key: NoiseKey = { seed: input('seed', [], 'uint32'), step: input('step', [], 'uint32') }
const at = (seed: number, step: number): Record<string, Uint32Array> => ({ seed: Uint32Array.of(seed), step: Uint32Array.of(step) })
const count = 40_000
let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

async function program(build: (shape: Shape, key: NoiseKey, layer: number) => Tensor, layers = 1): Promise<Program> {
  return compile(runtime, Object.fromEntries(Array.from({ length: layers }, (_, i) => [`y${i}`, build([200, 200], key, i)])))
}
async function sample(build: (shape: Shape, key: NoiseKey, layer: number) => Tensor, seed = 1, step = 0): Promise<Float32Array> {
  const p = await program(build)
  const { y0 } = await p.run(at(seed, step))
  await p.release()
  return y0.data as Float32Array
}

const mean = (x: Float32Array): number => x.reduce((sum, v) => sum + v, 0) / x.length
const moment = (x: Float32Array, power: number): number => {
  const centre = mean(x)
  return x.reduce((sum, v) => sum + (v - centre) ** power, 0) / x.length
}
function correlation(a: Float32Array, b: Float32Array): number {
  const [ma, mb] = [mean(a), mean(b)]
  return a.reduce((sum, v, i) => sum + (v - ma) * (b[i] - mb), 0) / a.length / Math.sqrt(moment(a, 2) * moment(b, 2))
}
/** Within five standard errors: a wrong distribution is far outside, chance almost never. */
const expectNear = (what: string, value: number, expected: number, deviation: number): void =>
  expect(Math.abs(value - expected), `${what} is ${value}, not ${expected}`).toBeLessThan((5 * deviation) / Math.sqrt(count))

describe('distribution', () => {
  it('uniform', async () => {
    const x = await sample(uniformNoise)
    expect(x.every((v) => v >= 0 && v < 1)).toBe(true)
    expectNear('mean', mean(x), 0.5, Math.sqrt(1 / 12))
    expectNear('variance', moment(x, 2), 1 / 12, Math.sqrt(1 / 180))
    // Pearson's statistic over 100 bins: 99 degrees of freedom, deviation √198.
    const bins = Array.from({ length: 100 }, () => 0)
    for (const v of x) bins[Math.floor(v * 100)]++
    const chi = bins.reduce((sum, n) => sum + (n - count / 100) ** 2 / (count / 100), 0)
    expect(Math.abs(chi - 99)).toBeLessThan(5 * Math.sqrt(198))
  })

  it('Gumbel', async () => {
    const x = await sample(gumbelNoise)
    expect(x.every(Number.isFinite)).toBe(true)
    expectNear('mean', mean(x), 0.5772156649, Math.PI / Math.sqrt(6))
    expectNear('variance', moment(x, 2), Math.PI ** 2 / 6, 3.5)
  })

  it('logistic', async () => {
    const x = await sample(logisticNoise)
    expectNear('mean', mean(x), 0, Math.PI / Math.sqrt(3))
    expectNear('variance', moment(x, 2), Math.PI ** 2 / 3, 5.9)
  })

  it('normal', async () => {
    const x = await sample(normalNoise)
    expectNear('mean', mean(x), 0, 1)
    expectNear('variance', moment(x, 2), 1, Math.SQRT2)
    expectNear('fourth moment', moment(x, 4), 3, Math.sqrt(96))
    const within = x.filter((v) => Math.abs(v) < 1.959964).length / count
    expectNear('share within 1.96', within, 0.95, Math.sqrt(0.95 * 0.05))
  })

  it('Bernoulli', async () => {
    const x = await sample((shape, k, layer) => bernoulliNoise(shape, 0.3, k, layer))
    expect(new Set(x)).toEqual(new Set([0, 1]))
    expectNear('mean', mean(x), 0.3, Math.sqrt(0.21))
  })
})

describe('independence', () => {
  it('has no correlation between steps, layers, seeds and neighbours', async () => {
    const p = await program(uniformNoise, 2)
    const draw = async (seed: number, step: number): Promise<Float32Array[]> => {
      const { y0, y1 } = await p.run(at(seed, step))
      return [y0.data as Float32Array, y1.data as Float32Array]
    }
    const [first, layer] = await draw(1, 0)
    const others: Record<string, Float32Array> = {
      layer,
      'next step': (await draw(1, 1))[0],
      'next seed': (await draw(2, 0))[0],
      'seed and step exchanged': (await draw(0, 1))[0],
      'next element': Float32Array.from(first, (_, i) => first[(i + 1) % count]),
      'next row': Float32Array.from(first, (_, i) => first[(i + 200) % count]),
    }
    for (const [what, other] of Object.entries(others)) expectNear(what, correlation(first, other), 0, 1)
    await p.release()
  })

  it('is uncorrelated along the steps of one element', async () => {
    const p = await compile(runtime, { y: uniformNoise([4], key, 3) })
    const series: number[][] = [[], [], [], []]
    for (let step = 0; step < 2000; step++) {
      const { y } = await p.run(at(9, step))
      for (const [i, v] of Array.from(y.data as Float32Array).entries()) series[i].push(v)
    }
    const [a, b] = [Float32Array.from(series[0]), Float32Array.from(series[1])]
    const bound = 5 / Math.sqrt(2000)
    expect(Math.abs(correlation(a, b))).toBeLessThan(bound)
    expect(Math.abs(correlation(a.slice(0, -1), a.slice(1)))).toBeLessThan(bound)
    expect(Math.abs(mean(a) - 0.5)).toBeLessThan(bound / Math.sqrt(12))
    await p.release()
  })
})

describe('the same noise', () => {
  it('in every run and session, for the same seed and step', async () => {
    const p = await program(uniformNoise)
    const [a, , b] = [await p.run(at(5, 7)), await p.run(at(5, 8)), await p.run(at(5, 7))]
    expect(b.y0.data).toEqual(a.y0.data)
    await p.release()
    expect(await sample(uniformNoise, 5, 7)).toEqual(a.y0.data)
  })

  it('is the hash as written down here: a change of it would change the course of every seeded search', async () => {
    const golden = 0x9e3779b9
    const mixed = (x: number): number => {
      const first = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
      const second = Math.imul(first ^ (first >>> 15), 0x735a2d97)
      return (second ^ (second >>> 15)) >>> 0
    }
    const [seed, step, layer] = [4_000_000_000, 12, 0]
    const first = mixed(mixed(mixed((seed + golden) >>> 0) + step) ^ mixed(layer + 1))
    const second = mixed((first + golden) >>> 0)
    const expected = Array.from({ length: count }, (_, i) => {
      const counter = (Math.imul(i, golden) + first) >>> 0
      return mixed(Math.imul(counter ^ (counter >>> 16), 0x21f0aaad) ^ second) >>> 8
    })
    expect(Array.from(await sample(uniformNoise, seed, step), (v) => v * 2 ** 24)).toEqual(expected)
  })

  it('gives seeds that depend on each part and their order', () => {
    expect(noiseSeed(1, 2)).toBe(noiseSeed(1, 2))
    expect(new Set([noiseSeed(1, 2), noiseSeed(2, 1), noiseSeed(1), noiseSeed(1, 2, 0), noiseSeed(0, 1, 2)]).size).toBe(5)
  })
})

describe('dropout', () => {
  it('drops the share asked for, keeps the mean, and passes gradients where it kept', async () => {
    const x = input('x', [200, 200])
    const y = dropout(x, { rate: 0.25, noise: key, layer: 0 })
    const [g] = gradients(reduceSum(y), [x])
    const p = await compile(runtime, { y, g })
    const { y: values, g: slopes } = await p.run({ ...at(1, 0), x: new Float32Array(count).fill(3) })
    const kept = Array.from(values.data as Float32Array)
    expectNear('share dropped', kept.filter((v) => v === 0).length / count, 0.25, Math.sqrt(0.25 * 0.75))
    expect(kept.every((v) => v === 0 || Math.abs(v - 4) < 1e-6)).toBe(true)
    expect(Array.from(slopes.data as Float32Array).every((s, i) => (s === 0) === (kept[i] === 0))).toBe(true)
    await p.release()
  })

  it('drops whole examples on a path', async () => {
    const p = await compile(runtime, { y: dropPath(input('x', [400, 3, 2]), { rate: 0.5, noise: key, layer: 0 }) })
    const { y } = await p.run({ ...at(3, 4), x: new Float32Array(2400).fill(1) })
    const rows = Array.from({ length: 400 }, (_, i) => new Set((y.data as Float32Array).slice(i * 6, i * 6 + 6)))
    expect(rows.every((row) => row.size === 1)).toBe(true)
    const share = rows.filter((row) => row.has(0)).length / 400
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 400))
  })

  it('refuses a rate outside [0, 1)', () => {
    expect(() => dropout(input('x', [2]), { rate: 1, noise: key, layer: 0 })).toThrow(RangeError)
  })
})
