import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../src/network/index.ts'
import { initialValues } from '../../src/network/initialize.ts'
import { Hypernetwork } from '../../src/oneshot/hypernetwork.ts'
import { findOneShot, judgePath, learnedOf, SharedWeights, trainSupernet } from '../../src/oneshot/index.ts'
import { activation, batchNorm, choice, conv, dense, globalPool, maxPool, relu, sequence, space } from '../../src/space/index.ts'
import { createInferenceProgram, gradients, input } from '../../src/tensor/index.ts'
import { normalizeInput } from '../../src/train/normalize.ts'
import { trainingLoss } from '../../src/train/objective.ts'
import { defaultSettings, trainNetwork } from '../../src/train/index.ts'
import { contextOf } from './fixtures.ts'

/** Without the kinks of ReLU, across which finite differences mean little. */
const smooth = space(
  'smooth',
  sequence(
    conv(choice('width', [3, 4]), 3),
    batchNorm(),
    activation('tanh'),
    choice('op', { conv3: sequence(conv('same', 3), activation('tanh')), conv1: sequence(conv('same', 1), activation('tanh')) }),
    globalPool(),
    dense('classes'),
  ),
)

/** Half of its networks see the pattern, the others single pixels. */
const graded = space(
  'graded',
  sequence(
    choice('op', { conv: sequence(conv(8, 3), batchNorm(), relu()), point: sequence(conv(8, 1), batchNorm(), relu()) }),
    maxPool(2),
    choice('next', { point: sequence(conv(8, 1), batchNorm(), relu()), conv: sequence(conv(8, 3), batchNorm(), relu()) }),
    globalPool(),
    dense('classes'),
  ),
)

describe('a hypernetwork', () => {
  it('has the gradients that finite differences give, through the weights that it makes', async () => {
    const context = await contextOf(smooth)
    const { dataset, runtime } = context
    const architecture = smooth.parse('width=3 op=conv3')
    const network = smooth.child(architecture, { input: dataset.input, outputs: 2 })
    const hypernetwork = new Hypernetwork(smooth, { hidden: 3, rank: 2 })
    const specs = hypernetwork.specs(network)
    const watched = ['hyper/weight', 'hyper/bias', 'op=conv3/conv/weight@mix', 'op=conv3/conv/weight@basis1', 'conv/weight']
    const batch = await context.openBatches(dataset, { batchSize: 16, seed: 1 }).batch(0, 0)
    const program = await createInferenceProgram({
      runtime,
      weights: specs,
      forward(get) {
        const inputs = normalizeInput(input('inputs', [16, ...dataset.input.shape], 'uint8'), dataset.normalization, dataset.input)
        const made = hypernetwork.tensors(network, architecture, get)
        const { output } = buildNetwork(network, inputs, made, { training: true })
        const loss = trainingLoss(dataset, { labelSmoothing: 0 }, output, input('targets', [16, 2]))
        const slopes = gradients(
          loss,
          watched.map((name) => get(name)),
        )
        return { loss, weight: made('op=conv3/conv/weight'), ...Object.fromEntries(watched.map((name, i) => [name, slopes[i]])) }
      },
    })
    // Mixed in from the beginning, so that every gradient is there.
    const weights = new Map(
      specs.map((spec) => {
        const data = initialValues(spec.name.endsWith('@mix') ? { ...spec, init: 'glorot' } : spec, 5)
        return [spec.name, { shape: spec.shape, data }]
      }),
    )
    const feeds = { inputs: batch.inputs, targets: batch.targets }
    program.load(weights)
    const { weight, ...results } = await program.run(feeds)
    const lossAt = async (name: string, at: number, move: number): Promise<number> => {
      const { shape, data } = weights.get(name)!
      program.load(new Map(weights).set(name, { shape, data: data.map((value, i) => (i === at ? value + move : value)) }))
      return Number((await program.run(feeds)).loss.data[0])
    }
    for (const name of watched) {
      const slope = results[name].data as Float32Array
      for (const at of [0, Math.floor(slope.length / 2), slope.length - 1]) {
        const difference = ((await lossAt(name, at, 0.02)) - (await lossAt(name, at, -0.02))) / 0.04
        expect(slope[at], `${name} ${at}`).toBeCloseTo(difference, 3)
      }
    }
    // The same weights as values.
    const made = hypernetwork.weights(network, architecture, new SharedWeights(0, weights)).get('op=conv3/conv/weight')!
    for (const [i, value] of (weight.data as Float32Array).entries()) expect(made.data[i]).toBeCloseTo(value, 5)
    await program.release()
  })

  it('makes other weights of the same name for another architecture, once its mixing is learnt', () => {
    const hypernetwork = new Hypernetwork(smooth, { hidden: 3, rank: 1 })
    const context = { input: { shape: [1, 6, 6] }, outputs: 2 }
    const shared = new SharedWeights(0)
    const made = (text: string): Float32Array => {
      const architecture = smooth.parse(text)
      return hypernetwork.weights(smooth.child(architecture, context), architecture, shared).get('conv/weight')!.data
    }
    expect([...made('width=3 op=conv1')]).toEqual([...made('width=3 op=conv3')])
    shared.put(new Map([['conv/weight@mix', { shape: [3, 1], data: Float32Array.of(1, 1, 1) }]]))
    expect([...made('width=3 op=conv1')]).not.toEqual([...made('width=3 op=conv3')])
  })
})

describe('smash', () => {
  it('ranks networks by generated weights as training each by itself does', async () => {
    const context = await contextOf(graded)
    const smash = findOneShot('smash')!
    const { state } = await trainSupernet(smash, context, { epochs: 12 }, {}, { onEpoch() {} })
    const weights = [...state.tensors]
      .filter(([name]) => name.startsWith('weights:'))
      .map(([name, value]) => [name.slice(8), value] as const)
    const shared = new SharedWeights(context.seed, new Map(weights))
    const trained = { space: graded, learned: learnedOf(state) }
    const settings = defaultSettings(context.dataset, { epochs: 4, seed: 3 })
    const rows: { readonly generated: number; readonly alone: number }[] = []
    for (const architecture of graded.enumerate()) {
      const { metrics, network } = await judgePath(context, shared, architecture, (path) => smash.inherit!(path, shared, trained))
      const batches = context.openBatches(context.dataset, settings)
      const alone = await trainNetwork({ ...context, network, settings, batches })
      rows.push({ generated: metrics.loss, alone: alone.metrics.loss })
    }
    const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => Math.sign((a.generated - b.generated) * (a.alone - b.alone))))
    // Kendall's tau; by chance 0.
    expect(pairs.reduce((sum, sign) => sum + sign, 0) / pairs.length).toBeGreaterThan(0.3)
  })
})
