import { beforeAll, describe, expect, it } from 'vitest'
import { inProcessBatches } from '../../src/data/batches.ts'
import { initialWeights } from '../../src/network/index.ts'
import { type Bench, childOf } from '../../src/search/bench.ts'
import type { TrialRow } from '../../src/search/events.ts'
import { forgotten } from '../../src/search/forget.ts'
import { growsIn } from '../../src/search/grows.ts'
import { type Ancestor, beginFrom } from '../../src/search/inherit.ts'
import { createInProcessExecutor, createMemoryStore, planFidelity, runLoop, type Trained } from '../../src/search/index.ts'
import { findStrategy } from '../../src/strategy/index.ts'
import { evaluate } from '../../src/train/index.ts'
import { prepare } from '../../src/search/node/prepare.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { elastic } from '../oneshot/fixtures.ts'
import { stripesData } from '../train/examples.ts'
import { configOf, objectives, smallSpace } from './fakes.ts'

let bench: Bench
beforeAll(async () => {
  const runtime = await createNodeRuntime()
  const dataset = stripesData()
  bench = { runtime, dataset, space: elastic, openBatches: inProcessBatches, threads: 1, shared: true, device: 'cpu' }
})

const ancestorOf = (text: string, number = 4): Ancestor => {
  const network = childOf(bench, elastic.parse(text))
  return { number, network, weights: initialWeights(network, 7) }
}

describe('a network that begins from another one', () => {
  const lossOf = async (network: Ancestor['network'], weights: Ancestor['weights']): Promise<number> =>
    (await evaluate({ ...bench, network, weights, part: 'valid' })).metrics.loss

  it('is judged as its parent before it is trained, if it grew out of it', async () => {
    const parent = ancestorOf('width=4 depth=1[op=conv(kernel=1)]')
    const network = childOf(bench, elastic.parse('width=8 depth=2[op=conv(kernel=3) | op=conv(kernel=3)]'))
    const batches = inProcessBatches(bench.dataset, { batchSize: 16, seed: 1 })
    const { weights, inherited } = await beginFrom(bench, parent, network, batches, 3)
    await batches.close()
    expect(inherited).toMatchObject({ from: 4, how: 'morph' })
    expect(inherited.changes?.toSorted()).toEqual(['deeper', 'kernel', 'wider'])
    expect(await lossOf(network, weights)).toBeCloseTo(await lossOf(parent.network, parent.weights), 4)
    // The new batch norm knows what it reads: a mean that is not 0.
    const mean = weights.get('depth/1/op=conv/norm/mean')!.data
    expect(Math.max(...mean)).toBeGreaterThan(0.01)
    expect(mean).toEqual(weights.get('depth/1/op=conv/norm/shift')!.data)
  })

  it('takes over what fits by name, if it did not', async () => {
    const parent = ancestorOf('width=8 depth=2[op=conv(kernel=3) | op=conv(kernel=3)]')
    const network = childOf(bench, elastic.parse('width=4 depth=1[op=conv(kernel=3)]'))
    const batches = inProcessBatches(bench.dataset, { batchSize: 16, seed: 1 })
    const { weights, inherited } = await beginFrom(bench, parent, network, batches, 3)
    await batches.close()
    expect(inherited).toEqual({ from: 4, how: 'name', share: 1 })
    expect([...weights.get('conv/weight')!.data]).toEqual([...parent.weights.get('conv/weight')!.data.subarray(0, 36)])
  })

  it('is known to strategies without a network', () => {
    const grows = growsIn(elastic, { input: bench.dataset.input, outputs: 2 })
    const small = elastic.parse('width=4 depth=1[op=conv(kernel=1)]')
    const large = elastic.parse('width=8 depth=1[op=conv(kernel=3)]')
    expect([grows(small, large), grows(large, small)]).toEqual([true, false])
  })
})

describe('a search with inheritance', () => {
  it('begins children from the weights of their parents, and afresh where these are gone', async () => {
    const config = configOf({ budget: { trials: 12 }, fidelity: { epochs: 1 }, inherit: true })
    const kept = new Map<number, Trained>()
    const own: Bench = { ...bench, space: smallSpace }
    const executor = createInProcessExecutor(
      own,
      (number, trained) => void kept.set(number, trained),
      async (number) => (number === 0 ? undefined : kept.has(number) ? { number, ...kept.get(number)! } : undefined),
    )
    const store = createMemoryStore()
    store.append([{ type: 'run-started', config }])
    const grows = growsIn(smallSpace, { input: bench.dataset.input, outputs: 2 })
    const strategy = findStrategy('morphism').make({ space: smallSpace, seed: 2, objectives, grows }, { starts: 3, children: 2 })
    const end = await runLoop({ config, store, strategy, space: smallSpace, executor, ancestor: ([parent]) => parent })
    expect(end.reason).toBe('trials')
    const heirs = store.trials().filter(({ parents }) => parents.length > 0)
    expect(heirs.length).toBeGreaterThan(5)
    const rows = store.trials()
    for (const { number, parents, inherits, inherited, origin, decisions, replayOf } of heirs) {
      if (replayOf !== undefined) continue
      expect(inherits).toBe(parents[0])
      if (inherits === 0) expect(inherited).toBeUndefined()
      if (inherits === undefined || inherits === 0) continue
      const how = origin === 'morphism' || grows(rows[inherits].decisions, decisions) ? 'morph' : 'name'
      expect(inherited, `trial ${number}`).toMatchObject({ from: inherits, how })
    }
    expect(heirs.some(({ inherited }) => inherited?.how === 'morph')).toBe(true)
  })

  it('is refused where nothing descends from anything, before data are read', async () => {
    const asked = (strategy: string): Promise<unknown> => prepare({ data: 'digits', strategy, inherit: true }, {})
    await expect(asked('random')).rejects.toThrow(/have no parents.*one of: .*evolution/)
    await expect(asked('spos')).rejects.toThrow(/leave out --inherit/)
  })

  it('trains each trial shorter than a search without', () => {
    const cost = { epochSeconds: 0.5, validSeconds: 0.05, fixedSeconds: 0.2, batches: 50, work: 1, spread: [1] }
    expect(planFidelity(cost, 120, undefined, true).epochs).toBeLessThan(planFidelity(cost, 120).epochs)
  })
})

describe('models that are not kept', () => {
  const row = (number: number, accuracy: number, more: Partial<TrialRow> = {}): TrialRow => ({
    number,
    attempt: 1,
    architecture: `${number}`,
    decisions: {},
    status: 'finished',
    metrics: { accuracy },
    epochs: 1,
    curve: [],
    parents: [],
    origin: 'random',
    startedAt: '',
    ...more,
  })
  const settings = { objectives, workers: 1 }

  it('are those of the worst, but not what a running trial begins from', () => {
    const rows = [row(0, 0.1), row(1, 0.9), row(2, 0.2), row(3, 0.8), row(4, 0, { status: 'running', metrics: {}, inherits: 0 })]
    expect(forgotten(rows, settings, 2)).toEqual([2])
    expect(forgotten(rows, settings, 1)).toEqual([3, 2])
  })

  it('do not depend on the order in which the latest results came', () => {
    const rows = [row(0, 0.1), row(1, 0.9), row(2, 0.2), row(3, 0.8)]
    const early = [...rows, row(4, 0.95), row(5, 0, { status: 'running', metrics: {} })]
    const late = [...rows, row(4, 0, { status: 'running', metrics: {} }), row(5, 0, { status: 'running', metrics: {} })]
    const two = { objectives, workers: 2 }
    expect(forgotten(early, two, 2)).toEqual(forgotten(late, two, 2))
  })
})
