import { beforeAll, describe, expect, it } from 'vitest'
import { addAll, compile, constant, gradients, input, mul, reduceSum, type Runtime } from '../../src/tensor/index.ts'
import { blockedLayout } from '../../src/tensor/layout/blocked.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { expectFingerprint, type Fingerprint, formulaTensor, readGolden } from '../suites/golden.ts'
import { goldenLayers } from '../suites/golden-layers.ts'

interface Golden {
  readonly inputs: readonly (readonly number[])[]
  readonly outputs: readonly { readonly shape: readonly number[]; readonly print: Fingerprint }[]
  readonly gradients: readonly (Fingerprint | null)[]
}

const golden = readGolden('layers.json') as Record<string, Golden>
const tolerance = 1e-5
let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

it('checks every layer of the golden file', () => {
  expect(Object.keys(goldenLayers)).toEqual(Object.keys(golden))
})

describe.each(['plain', 'blocked'] as const)('layers as in PyTorch, %s layout', (layout) => {
  it.each(Object.entries(goldenLayers))('%s', async (name, build) => {
    const { inputs: shapes, outputs, gradients: slopes } = golden[name]
    const inputs = shapes.map((shape, i) => input(`x${i}`, shape))
    const results = [build(...inputs)].flat()
    expect(results.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape))
    // A running statistic has no gradient in PyTorch.
    const differentiable = name.startsWith('batch norm') ? results.slice(0, 1) : results
    const weighted = differentiable.map((result, i) => reduceSum(mul(result, constant(formulaTensor(result.shape, 101 + i), result.shape))))
    const graph = gradients(addAll(weighted), inputs)
    const named = Object.fromEntries([
      ...results.map((result, i) => [`y${i}`, result] as const),
      ...graph.map((gradient, i) => [`g${i}`, gradient] as const),
    ])
    const program = await compile(runtime, named, { layout: layout === 'blocked' ? blockedLayout(runtime.block) : undefined })
    const values = await program.run(Object.fromEntries(shapes.map((shape, i) => [`x${i}`, formulaTensor(shape, i + 1)])))
    for (const [i, { print }] of outputs.entries()) expectFingerprint(`output ${i}`, values[`y${i}`].data as Float32Array, print, tolerance)
    for (const [i, print] of slopes.entries()) {
      if (print) expectFingerprint(`gradient ${i}`, values[`g${i}`].data as Float32Array, print, tolerance)
    }
    await program.release()
  })
})
