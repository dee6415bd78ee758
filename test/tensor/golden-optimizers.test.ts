import { expect, it } from 'vitest'
import {
  add,
  adam,
  adamw,
  createTrainingProgram,
  input,
  mul,
  type Optimizer,
  reduceSum,
  sgd,
  sliceAxis,
  square,
} from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { formulaTensor, readGolden } from '../suites/golden.ts'

interface Case {
  readonly optimizer: Optimizer
  readonly clipNorm?: number
  readonly ema?: number
}

const cases: Readonly<Record<string, Case>> = {
  sgd: { optimizer: sgd() },
  'sgd, weight decay': { optimizer: sgd({ weightDecay: 0.1 }) },
  'sgd, momentum': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }) },
  'sgd, nesterov': { optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }) },
  adam: { optimizer: adam({ beta1: 0.8, beta2: 0.99, weightDecay: 0.1 }) },
  adamw: { optimizer: adamw({ weightDecay: 0.1 }) },
  'sgd, clipped': { optimizer: sgd({ momentum: 0.9 }), clipNorm: 1 },
  'sgd, average': { optimizer: sgd(), ema: 0.7 },
}

const golden = readGolden('optimizers.json') as Record<string, readonly (readonly number[])[]>

it('checks every optimizer of the golden file', () => {
  expect(Object.keys(cases)).toEqual(Object.keys(golden))
})

it.each(Object.entries(cases))('%s: ten steps as in PyTorch', async (name, { optimizer, clipNorm, ema }) => {
  const runtime = await createNodeRuntime()
  const slope = input('slope', [12])
  const plainSlope = input('plain slope', [2, 2])
  const program = await createTrainingProgram({
    runtime,
    inputs: [slope, plainSlope],
    // Declared the other way round: the program puts decayed parameters first by itself.
    parameters: [
      { name: 'plain', shape: [2, 2], decayed: false },
      { name: 'decayed', shape: [8], decayed: true },
    ],
    forward: (get) => {
      const decayed = get('decayed')
      const plain = get('plain')
      const linear = add(reduceSum(mul(decayed, sliceAxis(slope, 0, 0, 8))), reduceSum(mul(plain, plainSlope)))
      return { loss: add(linear, mul(add(reduceSum(square(decayed)), reduceSum(square(plain))), 0.05)) }
    },
    optimizer,
    clipNorm,
    ema,
  })
  program.load(
    new Map([
      ['decayed', { shape: [8], data: formulaTensor([8], 1) }],
      ['plain', { shape: [2, 2], data: formulaTensor([4], 2) }],
    ]),
  )
  for (const [step, expected] of golden[name].entries()) {
    const c = formulaTensor([12], 200 + step)
    await program.step({ slope: c, 'plain slope': c.slice(8) }, { learningRate: 0.1 / (1 + step) })
    const weights = ema === undefined ? program.weights() : program.emaWeights()
    const now = [...(weights.get('decayed')?.data ?? []), ...(weights.get('plain')?.data ?? [])]
    for (const [i, value] of now.entries()) expect(Math.abs(value - expected[i]), `step ${step}, parameter ${i}`).toBeLessThan(3e-6)
  }
  await program.release()
})
