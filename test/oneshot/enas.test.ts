import { describe, expect, it } from 'vitest'
import { PathPolicy } from '../../src/oneshot/controller.ts'
import { batchReward } from '../../src/oneshot/reward.ts'
import { decodeSupernet, encodeSupernet, findOneShot, learnedOf, type SupernetEpoch, trainSupernet } from '../../src/oneshot/index.ts'
import { randomFor } from '../../src/space/index.ts'
import { contextOf, elastic, plain } from './fixtures.ts'

const enas = findOneShot('enas')!

describe('the controller', () => {
  it('finds the best arm of a bandit from noisy rewards that drift upwards', () => {
    const policy = new PathPolicy(plain, 1, { rate: 0.05, entropy: 0.01, baseline: 0.9, hidden: 16, batch: 8 })
    const worth = { conv3: 0.2, conv1: 0.1, skip: 0 } as Readonly<Record<string, number>>
    for (let n = 0; n < 600; n++) {
      const random = randomFor(5, 'bandit', n)
      const { architecture } = policy.draw(random)
      policy.learn(
        architecture,
        worth[architecture.first as string] + worth[architecture.second as string] + 0.1 * random.next() + n / 4000,
      )
    }
    const probability = Math.exp(policy.logProbability(plain.parse('first=conv3 second=conv3')))
    expect(probability).toBeGreaterThan(0.6)
  })

  it('goes on from what it saved as if nothing had happened', () => {
    const options = { rate: 0.02, entropy: 0.01, baseline: 0.9, hidden: 8, batch: 6 }
    const [one, other] = [new PathPolicy(elastic, 1, options), new PathPolicy(elastic, 1, options)]
    const learn = (policy: PathPolicy, from: number, to: number): void => {
      for (let n = from; n < to; n++) {
        const random = randomFor(2, n)
        policy.learn(policy.draw(random).architecture, random.next())
      }
    }
    learn(one, 0, 20)
    other.restore(JSON.parse(JSON.stringify(one.save())))
    learn(one, 20, 30)
    learn(other, 20, 30)
    expect(other.save()).toEqual(one.save())
  })
})

describe('enas', () => {
  it('learns which paths do well on the validation part', async () => {
    const context = await contextOf(plain)
    const records: SupernetEpoch[] = []
    const options = { warmup: 0.2, rate: 0.05 }
    const { state } = await trainSupernet(enas, context, { epochs: 30, hold: 2 }, options, {
      onEpoch: (record) => void records.push(record),
    })
    expect(records.at(-1)!.metrics.reward).toBeGreaterThan(0.7)
    expect(records.at(-1)!.metrics.entropy).toBeLessThan(records[0].metrics.entropy)
    const proposer = enas.proposer({ space: plain, seed: 1, objectives: context.objectives }, learnedOf(state), options)
    const first = proposer.ask(0)
    expect(first === 'exhausted' ? [] : plain.check(first.architecture)).toEqual([])
  })

  it('ends bit-equal when it was interrupted and went on', async () => {
    const plan = { epochs: 2, paths: 4, hold: 3 }
    const whole = await trainSupernet(enas, await contextOf(elastic), plan, {}, { onEpoch() {} })
    const stop = new AbortController()
    const cut = await trainSupernet(
      enas,
      await contextOf(elastic),
      plan,
      {},
      {
        signal: stop.signal,
        onEpoch: ({ epoch }) => {
          if (epoch === 5) stop.abort()
        },
      },
    )
    expect(cut.status).toBe('stopped')
    const resumeFrom = decodeSupernet(encodeSupernet(cut.state))
    const resumed = await trainSupernet(enas, await contextOf(elastic), plan, {}, { onEpoch() {}, resumeFrom })
    expect(resumed.state.learned).toEqual(JSON.parse(JSON.stringify(whole.state.learned)))
    for (const [key, { data }] of whole.state.tensors) expect([...resumed.state.tensors.get(key)!.data], key).toEqual([...data])
  })
})

describe('the reward of a batch', () => {
  it('is the share of right classes', () => {
    const data = { task: 'classification', classes: ['a', 'b'] } as const
    expect(batchReward(data, Float32Array.of(2, 1, 0, 3, 5, 4), Float32Array.of(1, 0, 0, 1, 0, 1))).toBeCloseTo(2 / 3)
  })
  it('falls with the error of a regression', () => {
    const data = { task: 'regression', classes: [] } as const
    expect(batchReward(data, Float32Array.of(1, 2), Float32Array.of(1, 2))).toBe(1)
    expect(batchReward(data, Float32Array.of(2, 2), Float32Array.of(1, 2))).toBeCloseTo(1 / 1.5)
  })
})
