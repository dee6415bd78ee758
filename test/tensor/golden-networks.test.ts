import { beforeAll, describe, expect, it } from 'vitest'
import {
  createTrainingProgram,
  input,
  type NamedValues,
  type Runtime,
  type Shape,
  sizeOf,
  type TrainingProgram,
} from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { expectFingerprint, type Fingerprint, formulaTensor, readGolden } from '../suites/golden.ts'
import { goldenForward, goldenNetworks } from '../suites/golden-networks.ts'

interface Golden {
  readonly rates: readonly number[]
  readonly losses: readonly number[]
  readonly shapes: Readonly<Record<string, Shape>>
  readonly final: Readonly<Record<string, Fingerprint>>
}

const golden = readGolden('networks.json') as Record<string, Golden>
let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

/** As initialise() in networks.py. */
function initialWeights({ shapes, final }: Golden): NamedValues {
  const weights = new Map<string, { shape: Shape; data: Float32Array }>()
  for (const [i, name] of Object.keys(shapes).sort().entries()) {
    const shape = shapes[name]
    const isScale = name.endsWith('norm.weight')
    const scale = shape.length > 1 ? Math.sqrt(6 / sizeOf(shape.slice(1))) : isScale ? 0.2 : 0.1
    const data = formulaTensor(shape, i + 1, scale)
    weights.set(name, { shape, data: isScale && shape.length === 1 ? data.map((value) => 1 + value) : data })
  }
  for (const name of statisticsOf(final)) {
    const shape = shapes[name.replace(/running_.*/, 'weight')]
    weights.set(name, { shape, data: new Float32Array(sizeOf(shape)).fill(name.endsWith('var') ? 1 : 0) })
  }
  return weights
}

const statisticsOf = (final: Golden['final']): string[] => Object.keys(final).filter((name) => name.includes('running_'))

/** As in train() of networks.py: images that carry their class. */
function batch(step: number): { x: Float32Array; y: Float32Array } {
  const x = formulaTensor([8, 3, 8, 8], 1000 + step)
  const y = new Float32Array(8 * 5)
  for (let n = 0; n < 8; n++) {
    const label = (n * 3 + step) % 5
    y[n * 5 + label] = 1
    for (let k = n * 192; k < (n + 1) * 192; k++) x[k] = Math.fround(x[k] + 0.5 * label) - 1
  }
  return { x, y }
}

async function program(name: string, layout: 'auto' | 'plain'): Promise<TrainingProgram> {
  const { shapes, final } = golden[name]
  const network = goldenNetworks[name]
  const x = input('x', [8, 3, 8, 8])
  const y = input('y', [8, 5])
  return createTrainingProgram({
    runtime,
    layout,
    inputs: [x, y],
    parameters: Object.entries(shapes).map(([parameter, shape]) => ({ name: parameter, shape, decayed: shape.length > 1 })),
    statistics: statisticsOf(final).map((statistic) => ({ name: statistic, shape: shapes[statistic.replace(/running_.*/, 'weight')] })),
    forward: (get) => goldenForward(network, x, y, get),
    optimizer: network.optimizer,
    clipNorm: network.clipNorm,
  })
}

describe.each(['plain', 'auto'] as const)('20 training steps as in PyTorch, %s layout', (layout) => {
  it.each(Object.keys(goldenNetworks))('%s', async (name) => {
    const { rates, losses, final } = golden[name]
    const training = await program(name, layout)
    training.load(initialWeights(golden[name]))
    for (const [step, learningRate] of rates.entries()) {
      const { loss } = await training.step(batch(step), { learningRate })
      expect(Math.abs(loss - losses[step]), `loss at step ${step}: ${loss}, not ${losses[step]}`).toBeLessThan(2e-5)
    }
    const weights = training.weights()
    for (const [parameter, print] of Object.entries(final)) expectFingerprint(parameter, weights.get(parameter)!.data, print, 1e-4)
    await training.release()
  })
})
