import { describe, expect, it } from 'vitest'
import { copyPart, initialWeights, parameterSpecs, type Weights } from '../../src/network/index.ts'
import {
  findOneShot,
  type SupernetEpoch,
  type SupernetState,
  trainSupernet,
  decodeSupernet,
  encodeSupernet,
} from '../../src/oneshot/index.ts'
import { pathPlan, supernetSettings } from '../../src/oneshot/plan.ts'
import { PathTrainer } from '../../src/oneshot/path-trainer.ts'
import { SharedWeights } from '../../src/oneshot/shared-weights.ts'
import { createStep } from '../../src/train/program.ts'
import { contextOf, elastic, plain } from './fixtures.ts'

const spos = findOneShot('spos')!

describe('shared weights', () => {
  it('gives a child the leading channels and the centre of the kernel', () => {
    const large = { shape: [2, 3, 3, 3], data: Float32Array.from({ length: 54 }, (_, i) => i) }
    const small = { shape: [1, 2, 1, 1], data: new Float32Array(2) }
    copyPart(large, small, 'take')
    expect([...small.data]).toEqual([4, 13])
    small.data.fill(-1)
    copyPart(large, small, 'put')
    expect([...large.data].filter((value) => value === -1)).toHaveLength(2)
    expect(large.data[4]).toBe(-1)
    expect(large.data[13]).toBe(-1)
  })

  it('keeps what it has when it grows', () => {
    const shared = new SharedWeights(1)
    const spec = { name: 'w', shape: [2, 2], init: 'he', trained: true, decayed: true } as const
    const before = shared.take([spec]).get('w')!.data
    shared.take([{ ...spec, shape: [3, 4] }])
    expect([...shared.take([spec]).get('w')!.data]).toEqual([...before])
    expect(shared.tensors.get('w')!.shape).toEqual([3, 4])
  })
})

const weightsOf = (tensors: Weights): Weights =>
  new Map([...tensors].filter(([name]) => name.startsWith('weights:')).map(([name, value]) => [name.slice('weights:'.length), value]))

describe('path trainer', () => {
  it('takes the very step that the child takes by itself, and leaves all other weights as they are', async () => {
    const context = await contextOf(elastic)
    const settings = { ...supernetSettings(context), batchSize: 16 }
    const batch = await context.openBatches(context.dataset, { batchSize: 16, seed: 1 }).batch(0, 0)
    const trainer = new PathTrainer(context, settings)
    const wide = elastic.parse('width=8 depth=2[op=conv(kernel=3) | op=conv(kernel=1)]')
    const narrow = elastic.parse('width=4 depth=1[op=conv(kernel=1)]')
    for (const path of [wide, narrow]) trainer.weights.grow(parameterSpecs(trainer.network(path)))
    const network = trainer.network(narrow)
    const start = trainer.take(network)
    const before = new Map([...weightsOf(trainer.tensors())].map(([name, { data }]) => [name, data.slice()]))

    const alone = await createStep({ ...context, network, settings }, batch)
    alone.load(start)
    const { loss } = await alone.step({ ...batch }, { learningRate: 0.1 })
    expect((await trainer.step(narrow, batch, 0.1, 0)).loss).toBe(loss)
    const after = trainer.take(network)
    for (const [name, { data }] of alone.weights()) expect([...after.get(name)!.data]).toEqual([...data])

    const taken = new Map(parameterSpecs(network).map((spec) => [spec.name, spec.shape]))
    for (const [name, { data, shape }] of weightsOf(trainer.tensors())) {
      const changed = data.filter((value, i) => value !== before.get(name)![i]).length
      const mine = taken.get(name)?.reduce((product, size) => product * size, 1) ?? 0
      expect(changed, name).toBeLessThanOrEqual(mine)
      if (mine > 0 && shape.length > 1) expect(changed, name).toBeGreaterThan(0)
    }
    await alone.release()
    await trainer.release()
  })
})

describe('training a supernet', () => {
  it('trains every alternative in an epoch', async () => {
    const context = await contextOf(plain)
    let state: SupernetState | undefined
    await trainSupernet(spos, context, { epochs: 1 }, {}, { onEpoch() {}, onCheckpoint: (now) => void (state = now) })
    const weights = weightsOf(state!.tensors)
    for (const architecture of plain.enumerate()) {
      const network = plain.child(architecture, { input: context.dataset.input, outputs: 2 })
      for (const [name, { data }] of initialWeights(network, context.seed))
        expect([...weights.get(name)!.data], name).not.toEqual([...data])
    }
  })

  it('ends bit-equal when it was interrupted and went on', async () => {
    const plan = { epochs: 2, paths: 3, hold: 2 }
    const run = async (stopAfter?: number): Promise<{ state: SupernetState; records: SupernetEpoch[] }> => {
      const records: SupernetEpoch[] = []
      const onEpoch = (record: SupernetEpoch): void => void records.push({ ...record, seconds: 0 })
      if (stopAfter === undefined) return { ...(await trainSupernet(spos, await contextOf(elastic), plan, {}, { onEpoch })), records }
      const stop = new AbortController()
      const context = await contextOf(elastic)
      const openBatches: typeof context.openBatches = (dataset, options) => {
        const source = context.openBatches(dataset, options)
        return {
          ...source,
          batch: (epoch, index) => {
            if (epoch * source.batches + index === stopAfter) stop.abort()
            return source.batch(epoch, index)
          },
        }
      }
      const cut = await trainSupernet(spos, { ...context, openBatches }, plan, {}, { onEpoch, signal: stop.signal })
      expect(cut.status).toBe('stopped')
      const resumeFrom = decodeSupernet(encodeSupernet(cut.state))
      return { ...(await trainSupernet(spos, await contextOf(elastic), plan, {}, { onEpoch, resumeFrom })), records }
    }
    const whole = await run()
    const resumed = await run(13)
    expect(resumed.records).toEqual(whole.records)
    expect(resumed.state.step).toBe(whole.state.step)
    expect([...resumed.state.tensors.keys()].sort()).toEqual([...whole.state.tensors.keys()].sort())
    for (const [name, { data }] of whole.state.tensors) expect([...resumed.state.tensors.get(name)!.data], name).toEqual([...data])
  })
})

describe('the plan of paths', () => {
  const cost = { stepMs: 10, compileMs: 100, batches: 40, inMemory: 50, examples: 1300 }
  it('goes round among the paths that memory holds', () => {
    const plan = pathPlan(cost, 12)
    expect(plan.paths).toBeGreaterThan(20)
    expect(plan.hold).toBe(1)
  })
  it('holds a path for a while where each visit compiles', () => {
    const plan = pathPlan({ ...cost, stepMs: 60, inMemory: 4, batches: 800 }, 100)
    expect(plan.paths).toBeUndefined()
    expect(plan.hold).toBeGreaterThan(1)
    expect(plan.hold).toBeLessThan(16)
  })
})
