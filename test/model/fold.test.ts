import { describe, expect, it } from 'vitest'
import { foldBatchNorm } from '../../src/model/fold.ts'
import { buildNetwork, type Network, parameterSpecs, type Weights } from '../../src/network/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { createInferenceProgram, input } from '../../src/tensor/index.ts'
import { act, conv, dense, mlp, networkOf, noise, norm, picture, randomWeights } from './fixtures.ts'

const batch = 5

async function outputs(network: Network, weights: Weights, inputs: Float32Array): Promise<Float32Array> {
  const program = await createInferenceProgram({
    runtime: await createNodeRuntime(),
    layout: 'plain',
    weights: parameterSpecs(network),
    forward: (get) => ({ output: buildNetwork(network, input('x', [batch, ...network.input.shape]), get, { training: false }).output }),
  })
  program.load(weights)
  const { output } = await program.run({ x: inputs })
  await program.release()
  return output.data as Float32Array
}

const kinds = (network: Network): string[] => network.nodes.map(({ layer }) => layer.kind)

async function differenceOf(network: Network): Promise<number> {
  const weights = randomWeights(network)
  const folded = foldBatchNorm(network, weights)
  const size = batch * network.input.shape.reduce((a, b) => a * b, 1)
  const inputs = noise(size, 7)
  // The last columns of a table are codes.
  const columns = network.input.shape[0]
  for (const [i, values] of (network.input.categories ?? []).entries()) {
    for (let r = 0; r < batch; r++) inputs[r * columns + columns - (network.input.categories ?? []).length + i] = r % values
  }
  const [before, after] = [await outputs(network, weights, inputs), await outputs(folded.network, folded.weights, inputs)]
  expect(Math.max(...before.map(Math.abs))).toBeGreaterThan(0.1)
  return Math.max(...before.map((value, i) => Math.abs(value - after[i])))
}

describe('folding batch norm', () => {
  it('changes no result of a network with batch norms in every kind of place', async () => {
    expect(await differenceOf(picture())).toBeLessThan(1e-5)
    expect(await differenceOf(mlp(3))).toBeLessThan(1e-5)
  })

  it('works on signals', async () => {
    const network = networkOf({ shape: [2, 30] }, 3, [
      ['a', conv(6)],
      ['n', norm],
      ['pool', { kind: 'average-pool', size: 2, stride: 2 }],
      ['m', norm],
      ['r', act()],
      ['g', { kind: 'global-average-pool' }],
      ['head', dense(3)],
    ])
    expect(await differenceOf(network)).toBeLessThan(1e-5)
  })

  it('leaves no batch norm, dropout or identity on images, and keeps the given network and weights as they are', () => {
    const network = picture()
    const weights = randomWeights(network)
    const before = JSON.stringify([network, [...weights].map(([name, { data }]) => [name, [...data]])])
    const folded = foldBatchNorm(network, weights)
    // The one that stays is on a vector: there is nothing before it to fold into.
    expect(kinds(folded.network).filter((kind) => kind === 'batch-norm')).toHaveLength(1)
    expect(kinds(folded.network)).not.toContain('dropout')
    expect(kinds(folded.network)).not.toContain('identity')
    expect(folded.network.nodes.find(({ path }) => path === 'norm1')).toBeUndefined()
    // Something else reads `down`, so its norm must stand apart.
    expect(folded.network.nodes.find(({ path }) => path === 'norm4')?.layer).toMatchObject({ kind: 'convolution', groups: 16, kernel: 1 })
    expect(JSON.stringify([network, [...weights].map(([name, { data }]) => [name, [...data]])])).toBe(before)
    expect([...folded.weights.keys()].sort()).toEqual(
      parameterSpecs(folded.network)
        .map(({ name }) => name)
        .sort(),
    )
  })

  it('keeps a batch norm that is the result, and one whose layer is the result too', async () => {
    const last = networkOf({ shape: [3] }, 4, [
      ['d', dense(4, false)],
      ['n', norm],
    ])
    expect(foldBatchNorm(last, randomWeights(last)).network).toMatchObject({
      output: 'd',
      nodes: [{ path: 'd', layer: { kind: 'dense', bias: true } }],
    })
    expect(await differenceOf(last)).toBeLessThan(1e-5)
  })
})
