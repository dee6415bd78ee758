import { describe, expect, it } from 'vitest'
import { parameterSpecs } from '../../src/network/index.ts'
import { splitDecision } from '../../src/oneshot/few-shot.ts'
import { findOneShot, learnedOf, SharedWeights, type SupernetState, trainSupernet } from '../../src/oneshot/index.ts'
import { keptPaths } from '../../src/oneshot/path-dropout.ts'
import { compile, input } from '../../src/tensor/index.ts'
import { contextOf, elastic, plain } from './fixtures.ts'

const weightsOf = ({ tensors }: SupernetState): SharedWeights =>
  new SharedWeights(0, new Map([...tensors].filter(([name]) => name.startsWith('weights:')).map(([name, value]) => [name.slice(8), value])))

describe('few-shot splitting', () => {
  it('is along a choice that every network has', () => {
    expect(splitDecision(plain, '')).toBe('first')
    expect(splitDecision(plain, 'second')).toBe('second')
    expect(splitDecision(elastic, '')).toBe('depth/0/op')
    expect(() => splitDecision(elastic, 'depth/1/op')).toThrow(/cannot be split along "depth\/1\/op"/)
  })

  it('goes on from the shared weights, and judges a path by its own part', async () => {
    const fewShot = findOneShot('few-shot')!
    const context = await contextOf(plain)
    const plan = { epochs: 1, paths: 6, hold: 1 }
    const states: SupernetState[] = []
    const hooks = { onEpoch() {}, onCheckpoint: (state: SupernetState) => void states.push(state) }
    await trainSupernet(fewShot, context, plan, {}, hooks)
    const before = states.findLast(({ learned }) => !(learnedOf({ learned }) as { split: boolean }).split)!
    const after = states.at(-1)!
    const name = 'conv/weight'
    const [shared, parts] = [weightsOf(before), weightsOf(after)]
    const values = ['conv3', 'conv1', 'skip']
    expect(parts.tensors.has(name)).toBe(false)
    const own = values.map((value) => parts.tensors.get(`${name}@${value}`)!)
    for (const { data } of own) expect(distance(data, shared.tensors.get(name)!.data)).toBeLessThan(0.5)
    expect(distance(own[0].data, own[1].data)).toBeGreaterThan(0)
    for (const [i, value] of values.entries()) {
      const architecture = plain.parse(`first=${value} second=conv3`)
      const network = plain.child(architecture, { input: context.dataset.input, outputs: 2 })
      const trained = { space: plain, learned: learnedOf(after) }
      expect([...fewShot.inherit!({ network, architecture }, parts, trained).get(name)!.data]).toEqual([...own[i].data])
      const early = fewShot.inherit!({ network, architecture }, shared, { space: plain, learned: learnedOf(before) })
      expect([...early.get(name)!.data]).toEqual([...shared.take(parameterSpecs(network)).get(name)!.data])
    }
  })
})

const distance = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i])))

describe('path dropout', () => {
  it('drops with the rate that leaves none with probability r, and never all', async () => {
    const { runtime } = await contextOf(plain)
    const noise = { seed: input('seed', [], 'uint32'), step: input('step', [], 'uint32') }
    const count = 3
    const rate = 0.2
    const program = await compile(runtime, { kept: keptPaths(count, rate, input('share', []), noise, 1) })
    const keptAt = async (share: number, steps: number): Promise<number[]> => {
      const totals: number[] = []
      for (let step = 0; step < steps; step++) {
        const { kept } = await program.run({ seed: Uint32Array.of(7), step: Uint32Array.of(step), share: Float32Array.of(share) })
        totals.push((kept.data as Float32Array).reduce((sum, value) => sum + value, 0))
      }
      return totals
    }
    expect(await keptAt(0, 20)).toEqual(Array.from({ length: 20 }, () => count))
    const totals = await keptAt(1, 2000)
    expect(Math.min(...totals)).toBe(1)
    // k (1 − r^(1/k)), and one more where all would have been dropped.
    const expected = count * (1 - rate ** (1 / count)) + rate
    expect(totals.reduce((sum, value) => sum + value, 0) / totals.length).toBeCloseTo(expected, 1)
    await program.release()
  })
})
