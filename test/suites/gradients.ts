import { beforeAll, describe, expect, it } from 'vitest'
import type { CompileOptions, Runtime, Tensor } from '../../src/tensor/index.ts'
import { compile, constant, gradients, input, mul, reduceSum, addAll, sizeOf } from '../../src/tensor/index.ts'
import { type Fill, type GradientCase, gradientCases } from './gradient-cases.ts'

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Values for an input: `spread` keeps them 0.1 apart and 0.05 from zero, so that no step crosses a kink. */
export function values(count: number, fill: Fill, random: () => number): Float32Array {
  if (fill === 'spread') {
    const grid = Array.from({ length: count }, (_, i) => (i - Math.floor(count / 2) + 0.5) * 0.1)
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      const swapped = grid[i]
      grid[i] = grid[j]
      grid[j] = swapped
    }
    return Float32Array.from(grid)
  }
  const low = fill === 'positive' ? 0.5 : -1
  const high = fill === 'positive' ? 2 : 1
  return Float32Array.from({ length: count }, () => low + (high - low) * random())
}

const step = 4e-3

/** A function of its inputs whose gradient is to be checked: the weighted sum of several tensors. */
interface Probe {
  readonly inputs: readonly Tensor[]
  readonly results: readonly Tensor[]
}

const weighted = (results: readonly Tensor[], weights: readonly Float32Array[]): Tensor =>
  addAll(results.map((result, i) => reduceSum(mul(result, constant(weights[i], result.shape)))))

/** Compares gradients with central differences (two step lengths, extrapolated) along random directions, one input at a time. */
async function check(
  runtime: Runtime,
  options: CompileOptions,
  probe: Probe,
  feeds: Record<string, Float32Array>,
  tolerance: number,
): Promise<void> {
  const random = uniform(99)
  const weights = probe.results.map((result) => values(sizeOf(result.shape), 'normal', random))
  const graph = gradients(weighted(probe.results, weights), probe.inputs)
  const named = Object.fromEntries([
    ...probe.results.map((result, i) => [`f${i}`, result]),
    ...graph.map((gradient, i) => [`g${i}`, gradient]),
  ]) as Record<string, Tensor>
  const program = await compile(runtime, named, options)
  const evaluate = async (changed: Record<string, Float32Array>): Promise<number> => {
    const out = await program.run(changed)
    return probe.results.reduce((sum, _, i) => sum + dot(out[`f${i}`].data as Float32Array, weights[i]), 0)
  }
  const computed = await program.run(feeds)
  for (const [i, tensor] of probe.inputs.entries()) {
    const name = String(tensor.attributes.name)
    const gradient = computed[`g${i}`].data as Float32Array
    expect(computed[`g${i}`].shape).toEqual(tensor.shape)
    for (let direction = 0; direction < 2; direction++) {
      const v = values(gradient.length, 'normal', random)
      const difference = async (h: number): Promise<number> => {
        const moved = (sign: number): Float32Array => feeds[name].map((x, k) => x + sign * h * v[k])
        return ((await evaluate({ ...feeds, [name]: moved(1) })) - (await evaluate({ ...feeds, [name]: moved(-1) }))) / (2 * h)
      }
      const expected = (4 * (await difference(step)) - (await difference(2 * step))) / 3
      const scale =
        Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) * v.reduce((sum, x) => sum + x * x, 0)) / Math.sqrt(gradient.length) + 0.05
      expect(Math.abs(dot(gradient, v) - expected) / scale, `${name}, ${dot(gradient, v)} for ${expected}`).toBeLessThan(tolerance)
    }
  }
  await program.release()
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0)

async function checkCase(runtime: Runtime, options: CompileOptions, test: GradientCase): Promise<void> {
  const random = uniform(7)
  const inputs = test.inputs.map(({ shape }, i) => input(`x${i}`, shape))
  const feeds: Record<string, Float32Array> = {}
  for (const [i, { shape, fill = 'normal' }] of test.inputs.entries()) feeds[`x${i}`] = values(sizeOf(shape), fill, random)
  const y = test.build(...inputs)
  const tolerance = test.tolerance ?? 5e-3
  await check(runtime, options, { inputs, results: [y] }, feeds, tolerance)
  if (test.order !== 2) return
  // Second order: the gradients as functions of the inputs and of the upstream gradient.
  const upstream = input('upstream', y.shape)
  feeds.upstream = values(sizeOf(y.shape), 'normal', random)
  await check(runtime, options, { inputs: [...inputs, upstream], results: gradients(y, inputs, upstream) }, feeds, tolerance * 2)
}

export interface GradientSuiteOptions {
  readonly runtime: () => Promise<Runtime>
  /** How graphs are compiled, given the runtime: a layout, a target. */
  readonly compile?: (runtime: Runtime) => CompileOptions
  /** Default: the ops' own. */
  readonly cases?: readonly GradientCase[]
  /** Only these cases. */
  readonly only?: (test: GradientCase) => boolean
}

/** The table of every op's gradient, to be run with any runtime, target and layout. */
export function gradientSuite(
  title: string,
  { runtime: make, compile: options = () => ({}), cases = gradientCases, only = () => true }: GradientSuiteOptions,
): void {
  describe(title, () => {
    let runtime: Runtime
    beforeAll(async () => {
      runtime = await make()
    })
    for (const test of cases.filter(only)) {
      it(`${test.name}${test.order === 2 ? ', twice' : ''}`, () => checkCase(runtime, options(runtime), test))
    }
  })
}
