import { describe, expect, it } from 'vitest'
import {
  type OneShotEntry,
  oneShotMethods,
  decodeSupernet,
  encodeSupernet,
  judgePath,
  learnedOf,
  type Path,
  SharedWeights,
  type SupernetEpoch,
  trainSupernet,
} from '../../src/oneshot/index.ts'
import { fairPath, membersOf } from '../../src/oneshot/fairnas.ts'
import { alternativeWork, costGradient } from '../../src/oneshot/expected-cost.ts'
import { zeroOneSlope } from '../../src/oneshot/fair-darts.ts'
import { alphaLayout } from '../../src/oneshot/alphas.ts'
import { straightThrough } from '../../src/oneshot/straight-through.ts'
import { supernetOf } from '../../src/space/supernet.ts'
import { compile, constant, gradients, input, mul, reduceSum, softmax } from '../../src/tensor/index.ts'
import { contextOf, plain } from './fixtures.ts'

const plan = { epochs: 2, paths: 6, hold: 1 }

describe.each(oneShotMethods.map((entry) => [entry.name, entry] as const))('%s', (_, entry: OneShotEntry) => {
  it('trains, proposes architectures of the space, and judges them with its weights', async () => {
    const context = await contextOf(plain)
    const records: SupernetEpoch[] = []
    const { status, state } = await trainSupernet(entry, context, plan, {}, { onEpoch: (record) => void records.push(record) })
    expect(status).toBe('finished')
    expect(records.length).toBeGreaterThanOrEqual(8)
    for (const record of records) {
      expect(record.trainLoss).toBeLessThan(3)
      for (const shares of Object.values(record.alphas ?? {}))
        expect(Object.values(shares).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    }
    const saved = decodeSupernet(encodeSupernet(state))
    const proposer = entry.proposer({ space: plain, seed: 1, objectives: context.objectives }, learnedOf(saved))
    const shared = new SharedWeights(
      context.seed,
      new Map(
        [...saved.tensors].filter(([name]) => name.startsWith('weights:')).map(([name, value]) => [name.slice('weights:'.length), value]),
      ),
    )
    const texts = new Set<string>()
    for (let number = 0; number < 3; number++) {
      const proposal = proposer.ask(number)
      if (proposal === 'exhausted') throw new Error('exhausted after so few')
      const { architecture } = proposal
      expect(plain.check(architecture)).toEqual([])
      texts.add(plain.print(architecture))
      const trained = { space: plain, learned: learnedOf(saved) }
      const inherit = entry.inherit && ((path: Path) => entry.inherit!(path, shared, trained))
      const { metrics } = await judgePath(context, shared, architecture, inherit)
      expect(metrics.accuracy).toBeGreaterThanOrEqual(0)
      proposer.tell({ number, architecture, status: 'finished', metrics })
    }
    expect(texts.size).toBe(3)
  })

  it('ends bit-equal when it was interrupted and went on', async () => {
    const whole = await trainSupernet(entry, await contextOf(plain), plan, {}, { onEpoch() {} })
    const stop = new AbortController()
    const onEpoch = ({ epoch }: SupernetEpoch): void => {
      if (epoch === 4) stop.abort()
    }
    const cut = await trainSupernet(entry, await contextOf(plain), plan, {}, { signal: stop.signal, onEpoch })
    expect(cut.status).toBe('stopped')
    const resumeFrom = decodeSupernet(encodeSupernet(cut.state))
    const resumed = await trainSupernet(entry, await contextOf(plain), plan, {}, { onEpoch() {}, resumeFrom })
    expect(JSON.parse(JSON.stringify(resumed.state.learned))).toEqual(JSON.parse(JSON.stringify(whole.state.learned)))
    for (const [key, { data }] of whole.state.tensors) expect([...resumed.state.tensors.get(key)!.data], key).toEqual([...data])
  })
})

describe('fairness', () => {
  it('takes every alternative exactly once in a round', () => {
    const members = membersOf(plain)
    expect(members).toBe(3)
    for (let round = 0; round < 5; round++) {
      const paths = Array.from({ length: members }, (_, member) => fairPath(plain, 1, round, member))
      for (const name of ['first', 'second']) expect(new Set(paths.map((path) => path[name]))).toEqual(new Set(['conv1', 'conv3', 'skip']))
    }
  })
})

describe('straight through', () => {
  it('is one-hot forwards and has the gradient of the softmax backwards', async () => {
    const { runtime } = await contextOf(plain)
    const alphas = input('alphas', [3])
    const worth = constant([1, 2, 4])
    const soft = softmax(alphas)
    const loss = reduceSum(mul(straightThrough(soft), worth))
    const program = await compile(runtime, {
      loss,
      slope: gradients(loss, [alphas])[0],
      reference: gradients(reduceSum(mul(soft, worth)), [alphas])[0],
    })
    const { loss: value, slope, reference } = await program.run({ alphas: Float32Array.of(0.1, 0.5, 0.2) })
    expect(Number(value.data[0])).toBeCloseTo(2, 6)
    for (let i = 0; i < 3; i++) expect(Number(slope.data[i])).toBeCloseTo(Number(reference.data[i]), 5)
    await program.release()
  })
})

describe('the expected work', () => {
  it('has the gradient that finite differences give, and is least for the skip', async () => {
    const { dataset } = await contextOf(plain)
    const supernet = supernetOf(plain.definition, { input: dataset.input, outputs: 2 })
    const layout = alphaLayout(supernet)
    const work = alternativeWork(supernet, layout)
    const [conv3, conv1, skip] = work[0]
    expect(conv3).toBeGreaterThan(conv1)
    expect(conv1).toBeGreaterThan(skip)
    const alphas = Float32Array.of(0.3, -0.2, 0.5, 0, 1, -1)
    const expected = (at: Float32Array): number =>
      layout.entries.reduce((sum, { offset, count }, e) => {
        const powers = Array.from(at.subarray(offset, offset + count), Math.exp)
        const total = powers.reduce((a, b) => a + b, 0)
        return sum + powers.reduce((part, power, i) => part + (power / total) * work[e][i], 0)
      }, 0)
    const gradient = costGradient(work, layout, alphas)
    for (let i = 0; i < alphas.length; i++) {
      const at = (sign: number): Float32Array => alphas.map((value, j) => (i === j ? value + sign * 0.01 : value))
      expect(gradient[i]).toBeCloseTo((expected(at(1)) - expected(at(-1))) / 0.02, 4)
    }
  })
})

describe('the zero-one loss of fair-darts', () => {
  it('has the slope of finite differences, and pushes gates away from a half', () => {
    const gate = (alpha: number): number => 1 / (1 + Math.exp(-alpha))
    const loss = (alphas: Float32Array): number => -alphas.reduce((sum, alpha) => sum + (gate(alpha) - 0.5) ** 2, 0) / alphas.length
    const alphas = Float32Array.of(-1.5, -0.2, 0.3, 2)
    const slope = zeroOneSlope(alphas)
    for (let i = 0; i < alphas.length; i++) {
      const at = (by: number): number => loss(alphas.map((alpha, k) => (k === i ? alpha + by : alpha)))
      expect(slope[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 4)
      expect(Math.sign(-slope[i])).toBe(Math.sign(alphas[i]))
    }
  })
})
