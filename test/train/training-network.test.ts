import { beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { dartsSpace, findSpace } from '../../src/hub/index.ts'
import { initialWeights, type Network, parameterSpecs, type Weights } from '../../src/network/index.ts'
import { randomFor } from '../../src/space/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { decodeState, encodeState, trainNetwork, type TrainSettings, type TrainState } from '../../src/train/index.ts'
import { createStep, firstWeights, stepFeeds } from '../../src/train/program.ts'
import { trainingNetwork } from '../../src/train/training-network.ts'
import { batchesOf, settingsFor, stripesData, stripesNetwork } from './examples.ts'

const darts2 =
  'Genotype(normal=[("sep_conv_3x3", 0), ("sep_conv_3x3", 1), ("sep_conv_3x3", 0), ("sep_conv_3x3", 1), ("sep_conv_3x3", 1), ("skip_connect", 0), ("skip_connect", 0), ("dil_conv_3x3", 2)], normal_concat=[2, 3, 4, 5], reduce=[("max_pool_3x3", 0), ("max_pool_3x3", 1), ("skip_connect", 2), ("max_pool_3x3", 1), ("max_pool_3x3", 0), ("skip_connect", 2), ("skip_connect", 2), ("max_pool_3x3", 1)], reduce_concat=[2, 3, 4, 5])'

const child = (cells: number, channels: number, shape: readonly number[], outputs: number): Network => {
  const space = dartsSpace({ cells, channels })
  return space.child(space.parse(darts2), { input: { shape }, outputs })
}
const parametersIn = (network: Network, prefix = ''): number =>
  parameterSpecs(network)
    .filter(({ name, trained }) => trained && name.startsWith(prefix))
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

describe('the network of a training', () => {
  it('has the auxiliary head of DARTS for 20 cells of 36 channels at 32×32, after the second reduction', () => {
    const plain = child(20, 36, [3, 32, 32], 10)
    const { network, auxiliary } = trainingNetwork(plain, { auxiliary: 0.4 })
    // 1×1 to 128, 2×2 to 768, both with batch norm, dense to 10: 576·128 + 256 + 128·768·4 + 1536 + 7690.
    expect(parametersIn(network, 'auxiliary/')).toBe(476_426)
    expect(parametersIn(network)).toBe(parametersIn(plain) + 476_426)
    expect(network.nodes.find(({ path }) => path === 'auxiliary/relu')?.inputs).toEqual(['cells/13/reduction/output'])
    expect(auxiliary).toBe('auxiliary/dense')
    expect(network.output).toBe(plain.output)
  })

  it('drops edges of cells that have an operation, never a skip connection', () => {
    const { network } = trainingNetwork(child(3, 4, [3, 12, 12], 10), { dropPath: 0.2 })
    const dropped = network.nodes.filter(({ layer }) => layer.kind === 'drop-path').map(({ inputs }) => inputs[0])
    // The normal cell has six separable or dilated convolutions and two skips; each reduction cell five poolings and three skips.
    expect(dropped.filter((path) => path.startsWith('cells/0/'))).toHaveLength(6)
    expect(dropped.filter((path) => path.startsWith('cells/1/'))).toHaveLength(5)
    expect(dropped.every((path) => /=(sep_conv|dil_conv|max_pool)/.test(path))).toBe(true)
    const adds = network.nodes.filter(({ path, layer }) => layer.kind === 'add' && path.startsWith('cells/0/'))
    expect(adds.flatMap(({ inputs }) => inputs).filter((path) => path.endsWith('/drop-path'))).toHaveLength(6)
  })

  it('drops edges of cells of pairs, too', () => {
    const space = findSpace('pnas:cells=3,channels=4')
    const text = `cell(${[1, 2, 3, 4, 5].map((i) => `n${i}a(inputs=0 s0=sep_conv_3x3) n${i}b(inputs=1 s1=skip_connect)`).join(' ')})`
    const { network } = trainingNetwork(space.child(space.parse(text), { input: { shape: [3, 12, 12] }, outputs: 10 }), { dropPath: 0.2 })
    const dropped = network.nodes.filter(({ layer }) => layer.kind === 'drop-path').map(({ inputs }) => inputs[0])
    expect(dropped.filter((path) => path.startsWith('cells/0/'))).toHaveLength(5)
  })

  it('serves any extents, signals, and cells of other spaces’ samples', () => {
    for (const shape of [
      [1, 7, 7],
      [3, 40, 24],
      [2, 50],
    ])
      for (const seed of [1, 2]) {
        const space = dartsSpace({ cells: 4, channels: 4 })
        const plain = space.child(space.sample(randomFor(seed, 'any')), { input: { shape }, outputs: 3 })
        expect(() => parameterSpecs(trainingNetwork(plain, { auxiliary: 1, dropPath: 0.1 }).network)).not.toThrow()
      }
  })

  it('refuses networks without cells in a sentence', () => {
    expect(() => trainingNetwork(stripesNetwork, { auxiliary: 0.4 })).toThrow(UserError)
    expect(() => trainingNetwork(stripesNetwork, { dropPath: 0.2 })).toThrow(/needs a network of stacked cells/)
    expect(trainingNetwork(stripesNetwork, {}).network).toBe(stripesNetwork)
  })
})

describe('a training with auxiliary head and drop-path', () => {
  const dataset = stripesData(40, 20)
  const network = child(3, 4, [1, 6, 6], 2)
  const settings = settingsFor(dataset, { epochs: 2, batchSize: 16 })
  const lossOf = async (own: TrainSettings, trained: Network, progress: number, weights: Weights): Promise<number> => {
    const source = batchesOf(dataset, own)
    const batch = await source.batch(0, 0)
    const program = await createStep({ runtime, network: trained, dataset, settings: own }, batch)
    program.load(weights)
    const { loss } = await program.step(stepFeeds(own, batch, progress), { learningRate: 0 })
    await program.release()
    await source.close()
    return loss
  }

  it('adds the weighted loss of the head', async () => {
    const own = { ...settings, auxiliary: 0.3 }
    const { network: whole, auxiliary } = trainingNetwork(network, own)
    const weights = firstWeights(network, own)
    const main = await lossOf(settings, network, 0, weights)
    const head = await lossOf(settings, { ...whole, output: auxiliary as string }, 0, weights)
    expect(await lossOf(own, network, 0, weights)).toBeCloseTo(main + 0.3 * head, 5)
    expect(head).not.toBeCloseTo(main, 3)
  })

  it('drops nothing at the beginning and more towards the end', async () => {
    const own = { ...settings, dropPath: 0.9 }
    const weights = initialWeights(network, 1)
    const plain = await lossOf(settings, network, 0, weights)
    expect(await lossOf(own, network, 0, weights)).toBeCloseTo(plain, 6)
    expect(Math.abs((await lossOf(own, network, 1, weights)) - plain)).toBeGreaterThan(1e-3)
  })

  it('gives the plain network’s weights, and goes on from a saved state as if nothing had happened', async () => {
    const own = { ...settings, auxiliary: 0.4, dropPath: 0.3 }
    const states: TrainState[] = []
    const hooks = { onCheckpoint: async (state: TrainState) => void states.push(decodeState(encodeState(state))) }
    const run = (resumeFrom?: TrainState) =>
      trainNetwork({ runtime, network, dataset, settings: own, batches: batchesOf(dataset, own), hooks, resumeFrom, checkpointSeconds: 0 })
    const whole = await run()
    expect(whole.status).toBe('finished')
    expect([...whole.weights.keys()].sort()).toEqual(
      parameterSpecs(network)
        .map(({ name }) => name)
        .sort(),
    )
    expect((await run(states[1])).weights).toEqual(whole.weights)
  })
})
