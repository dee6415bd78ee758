import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/data/index.ts'
import { buildNetwork, parameterSpecs } from '../../src/network/index.ts'
import { discretise, probabilities } from '../../src/oneshot/alphas.ts'
import { exactSecondOrder, finiteSecondOrder } from '../../src/oneshot/hypergradient.ts'
import {
  decodeSupernet,
  encodeSupernet,
  findOneShot,
  learnedOf,
  type OneShotContext,
  type SupernetEpoch,
  trainSupernet,
} from '../../src/oneshot/index.ts'
import { supernetSettings } from '../../src/oneshot/plan.ts'
import { feedsOf, type Relaxation, RelaxedSupernet } from '../../src/oneshot/relaxed.ts'
import { SharedWeights } from '../../src/oneshot/shared-weights.ts'
import {
  activation,
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  graph,
  identity,
  inputs,
  maxPool,
  relu,
  type SearchSpace,
  sequence,
  space,
  valuesOf,
  zero,
} from '../../src/space/index.ts'
import { supernetOf } from '../../src/space/supernet.ts'
import { createInferenceProgram, input, softmax } from '../../src/tensor/index.ts'
import { normalizeInput } from '../../src/train/normalize.ts'
import { trainingLoss } from '../../src/train/objective.ts'
import { contextOf, elastic, plain } from './fixtures.ts'

const mixture: Relaxation = { weights: (alphas) => softmax(alphas) }
/** The alphas themselves are the weights: one-hot ones take a path. */
const direct: Relaxation = { weights: (alphas) => alphas }

async function relaxedOf(searched: SearchSpace, relaxation: Relaxation) {
  const context = await contextOf(searched)
  const settings = { ...supernetSettings(context), labelSmoothing: 0 }
  const source = context.openBatches(context.dataset, { batchSize: 16, seed: 1 })
  const batches = [await source.batch(0, 0), await source.batch(0, 1)] as const
  return { context, settings, batches, relaxed: new RelaxedSupernet(context, settings, relaxation) }
}

const gatesWith = (alphas: Float32Array) => ({ alphas, seed: 1, step: 0, temperature: 1 })

/** Loss of a child in training mode with the weights of a supernet. */
async function childLoss(context: OneShotContext, text: string, weights: SharedWeights, batch: Batch): Promise<number> {
  const { dataset, space: searched, runtime } = context
  const network = searched.child(searched.parse(text), { input: dataset.input, outputs: 2 })
  const specs = parameterSpecs(network)
  const program = await createInferenceProgram({
    runtime,
    weights: specs,
    forward(get) {
      const inputs = normalizeInput(input('inputs', [16, ...dataset.input.shape], 'uint8'), dataset.normalization, dataset.input)
      const { output } = buildNetwork(network, inputs, get, { training: true })
      return { loss: trainingLoss(dataset, { labelSmoothing: 0 }, output, input('targets', [16, 2])) }
    },
  })
  program.load(weights.take(specs))
  const { loss } = await program.run({ inputs: batch.inputs, targets: batch.targets })
  await program.release()
  return Number(loss.data[0])
}

describe('the supernet of a space', () => {
  it.each([
    [
      elastic,
      [
        'width=8 depth=2[op=conv(kernel=3) | op=skip]',
        'width=4 depth=1[op=conv(kernel=1)]',
        'width=4 depth=2[op=skip | op=conv(kernel=3)]',
      ],
    ],
    [plain, ['first=conv3 second=conv1', 'first=skip second=conv3']],
  ])('is a child where the gates take one path', async (searched, texts) => {
    const { context, batches, relaxed } = await relaxedOf(searched, direct)
    const program = await relaxed.gradientProgram(batches[0])
    const weights = relaxed.initialWeights()
    program.load(weights)
    for (const text of texts) {
      const architecture = searched.parse(text)
      const alphas = new Float32Array(relaxed.layout.size)
      for (const { decision, offset } of relaxed.layout.entries) {
        const values = valuesOf(decision)!
        // A decision that is not active may have any value.
        alphas[offset + Math.max(0, values.indexOf(architecture[decision.path]))] = 1
      }
      const { loss } = await program.run(feedsOf(batches[0], gatesWith(alphas)))
      expect(Number(loss.data[0]), text).toBeCloseTo(await childLoss(context, text, new SharedWeights(0, weights), batches[0]), 4)
    }
    await program.release()
  })

  it('has the gradient of its alphas that finite differences give', async () => {
    const { batches, relaxed } = await relaxedOf(elastic, mixture)
    const program = await relaxed.gradientProgram(batches[0])
    program.load(relaxed.initialWeights())
    const alphas = Float32Array.from({ length: relaxed.layout.size }, (_, i) => Math.sin(i))
    const lossAt = async (at: Float32Array): Promise<number> => Number((await program.run(feedsOf(batches[0], gatesWith(at)))).loss.data[0])
    const gradient = (await program.run(feedsOf(batches[0], gatesWith(alphas)))).alphaGradient.data as Float32Array
    const step = 0.02
    for (let i = 0; i < alphas.length; i++) {
      const at = (sign: number): Float32Array => alphas.map((value, j) => (i === j ? value + sign * step : value))
      const slope = ((await lossAt(at(1))) - (await lossAt(at(-1)))) / (2 * step)
      expect(gradient[i], `alpha ${i}`).toBeCloseTo(slope, 3)
    }
    await program.release()
  })

  it('has the exact second-order gradient that finite differences of the whole bilevel loss give', async () => {
    const { batches, relaxed } = await relaxedOf(smooth, mixture)
    const [train, valid] = batches
    const weights = relaxed.initialWeights()
    const rate = 0.1
    const alphas = Float32Array.from({ length: relaxed.layout.size }, (_, i) => 0.5 * Math.cos(i))
    const exact = exactSecondOrder(relaxed)
    const place = { weights, train, valid, rate }
    const gradient = await exact.at({ ...place, gates: gatesWith(alphas) })

    // The loss after the step, by the first-order programs alone.
    const program = await relaxed.gradientProgram(train, true)
    const unrolled = async (at: Float32Array): Promise<number> => {
      program.load(weights)
      const slopes = (await program.run(feedsOf(train, gatesWith(at)))).weightGradient.data as Float32Array
      let offset = 0
      const moved = new Map(weights)
      for (const { name } of relaxed.trained) {
        const { shape, data } = weights.get(name)!
        const start = offset
        moved.set(name, { shape, data: data.map((value, i) => value - rate * slopes[start + i]) })
        offset += data.length
      }
      program.load(moved)
      return Number((await program.run(feedsOf(valid, gatesWith(at)))).loss.data[0])
    }
    const step = 0.02
    for (let i = 0; i < alphas.length; i++) {
      const at = (sign: number): Float32Array => alphas.map((value, j) => (i === j ? value + sign * step : value))
      expect(gradient[i], `alpha ${i}`).toBeCloseTo(((await unrolled(at(1))) - (await unrolled(at(-1)))) / (2 * step), 4)
    }
    const finite = await finiteSecondOrder(relaxed).at({ ...place, gates: gatesWith(alphas) })
    for (const [i, value] of gradient.entries()) expect(finite[i]).toBeCloseTo(value, 4)
    await program.release()
    await exact.release()
  })

  it('leaves out alternatives of other extents, and says so', async () => {
    const context = await contextOf(plain)
    const pools = space(
      'pools',
      sequence(conv(4, 3), choice('pool', { none: identity(), max: maxPool(2) }), globalPool(), dense('classes')),
    )
    const supernet = supernetOf(pools.definition, { input: context.dataset.input, outputs: 2 })
    expect([...supernet.dropped]).toEqual([['pool', ['none']]])
  })
})

describe('partial channels', () => {
  it('go through the alternatives only in part, and edges have weights', () => {
    const cell = space(
      'cell',
      sequence(
        conv(8, 3),
        graph({
          n1: inputs({ each: choice('op', { conv: conv('same', 3), skip: identity() }) }),
          n2: inputs({ each: choice('op', { conv: conv('same', 3), skip: identity() }) }),
        }),
        globalPool(),
        dense('classes'),
      ),
    )
    const { nodes, decisions } = supernetOf(cell.definition, { input: { shape: [1, 6, 6] }, outputs: 2 }, { partial: 4 })
    const filters = nodes.filter(({ how }) => how.kind === 'layer' && how.layer.kind === 'convolution').map(({ shape }) => shape[0])
    expect(filters).toEqual([8, 2, 2, 2])
    expect(decisions.map(({ path }) => path)).toContain('n2/edges')
    expect(nodes.filter(({ how }) => how.kind === 'rejoin').map(({ shape }) => shape[0])).toEqual([8, 8, 8])
  })
})

/** Without the kinks of ReLU, across which finite differences mean little. */
const smooth = space(
  'smooth',
  sequence(
    conv(8, 3),
    batchNorm(),
    activation('tanh'),
    ...['first', 'second'].map((name) =>
      choice(name, {
        conv3: sequence(conv(8, 3), batchNorm(), activation('tanh')),
        conv1: sequence(conv(8, 1), batchNorm(), activation('tanh')),
        skip: identity(),
      }),
    ),
    globalPool(),
    dense('classes'),
  ),
)

/** Two choices: one operation can see the pattern, the others give nothing of use. */
const known = space(
  'known',
  sequence(
    choice('op', { conv: sequence(conv(8, 3), batchNorm(), relu()), point: sequence(conv(8, 1), batchNorm(), relu()) }),
    maxPool(2),
    choice('next', { conv: sequence(conv(8, 3), batchNorm(), relu()), none: zero() }),
    globalPool(),
    dense('classes'),
  ),
)

describe('darts', () => {
  it.each(['darts', 'darts2'])('%s moves towards the operation that is known to be best', async (name) => {
    const context = await contextOf(known)
    const records: SupernetEpoch[] = []
    const options = { alphaRate: 0.05, warmup: 0.2 }
    const { state } = await trainSupernet(findOneShot(name)!, context, { epochs: 8 }, options, {
      onEpoch: (record) => void records.push(record),
    })
    const [conv3, point] = Object.values(records.at(-1)!.alphas!.op)
    expect(conv3).toBeGreaterThan(point + 0.05)
    const proposal = findOneShot(name)!.proposer({ space: known, seed: 1, objectives: context.objectives }, learnedOf(state)).ask(0)
    expect(proposal !== 'exhausted' && known.print(proposal.architecture)).toBe('op=conv next=conv')
  })

  it('ends bit-equal when it was interrupted and went on', async () => {
    const entry = findOneShot('darts')!
    const plan = { epochs: 2 }
    const whole = await trainSupernet(entry, await contextOf(known), plan, {}, { onEpoch() {} })
    const stop = new AbortController()
    const cut = await trainSupernet(
      entry,
      await contextOf(known),
      plan,
      {},
      {
        signal: stop.signal,
        onEpoch: ({ epoch }) => {
          if (epoch === 7) stop.abort()
        },
      },
    )
    expect(cut.status).toBe('stopped')
    const resumeFrom = decodeSupernet(encodeSupernet(cut.state))
    const resumed = await trainSupernet(entry, await contextOf(known), plan, {}, { onEpoch() {}, resumeFrom })
    expect(resumed.state.learned).toEqual(whole.state.learned)
    for (const [key, { data }] of whole.state.tensors) expect([...resumed.state.tensors.get(key)!.data], key).toEqual([...data])
  })

  it('never takes an alternative that gives nothing', () => {
    const learned = {
      probabilities: { op: [0.4, 0.6], next: [0.1, 0.9] },
      values: { op: ['conv', 'point'], next: ['conv', 'none'] },
      zeros: ['next=none'],
      edges: {},
    }
    expect(known.print(discretise(known, learned))).toBe('op=point next=conv')
  })

  it('has probabilities that sum to one', () => {
    const entries = [{ decision: { path: 'op', kind: 'choice', alternatives: ['a', 'b'] }, offset: 0, count: 2 }] as const
    expect(probabilities({ size: 2, entries }, Float32Array.of(1, 1)).op).toEqual([0.5, 0.5])
  })
})
