import { describe, expect, it } from 'vitest'
import { parameterSpecs } from '../../src/network/index.ts'
import { judgePath, SharedWeights, trainSupernet } from '../../src/oneshot/index.ts'
import { largestWithin, openAtStage, valueOrder } from '../../src/oneshot/extremes.ts'
import { ofa } from '../../src/oneshot/ofa.ts'
import { SandwichSchedule } from '../../src/oneshot/sandwich.ts'
import { choice, conv, dense, globalPool, identity, limitSpace, sequence, space, zero } from '../../src/space/index.ts'
import { everyDecision } from '../../src/space/every-decision.ts'
import { contextOf, elastic } from './fixtures.ts'

const images = { input: { shape: [1, 6, 6] }, outputs: 2 }
const options = { random: 2, shrinking: true, warmup: 0.25 }

describe('the order of values', () => {
  it('is that of numbers, and of the work that alternatives make', () => {
    const order = valueOrder(elastic, images)
    expect(elastic.print(elastic.build(order.largest))).toBe('width=8 depth=2[op=conv(kernel=3) | op=conv(kernel=3)]')
    expect(elastic.print(elastic.build(order.smallest))).toBe('width=4 depth=1[op=skip]')
  })

  it('takes what gives its input on rather than what gives nothing for the smallest', () => {
    const op = choice('op', { none: zero(), conv: conv('same', 3), skip: identity() })
    const silent = space('silent', sequence(conv(4, 3), op, globalPool(), dense('classes')))
    const order = valueOrder(silent, images)
    expect(silent.print(silent.build(order.smallest))).toBe('op=skip')
    expect(silent.print(silent.build(order.largest))).toBe('op=conv')
  })

  it('stays within a limit, with each decision as large as it may be', () => {
    const limit = 400
    const accepts = (architecture: Parameters<typeof elastic.cost>[0]): boolean => elastic.cost(architecture, images).parameters <= limit
    const limited = limitSpace(elastic, { accepts, message: 'few parameters' })
    const order = valueOrder(limited, images)
    const largest = largestWithin(limited, order)!
    expect(accepts(largest)).toBe(true)
    expect(accepts(elastic.build(order.largest))).toBe(false)
    // Nothing of it can be larger by itself.
    for (const other of elastic.neighbours(largest)) {
      const raised = Object.entries(other).filter(([path, value]) => typeof value === 'number' && value > (largest[path] as number))
      if (raised.length > 0) expect(accepts(other), elastic.print(other)).toBe(false)
    }
  })
})

describe('progressive shrinking', () => {
  it('knows what decisions are about', () => {
    const roles = Object.fromEntries(everyDecision(elastic.definition).map(({ decision, role }) => [decision.path, role]))
    expect(roles).toMatchObject({ width: 'width', depth: 'depth', 'depth/0/op': 'operation', 'depth/0/op=conv/kernel': 'kernel' })
    const open = openAtStage(elastic)
    expect(open.map((paths) => [paths.has('depth/1/op=conv/kernel'), paths.has('depth'), paths.has('width')])).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ])
  })

  it('begins with the largest network alone and ends with sandwiches of the whole space', () => {
    const schedule = new SandwichSchedule(elastic, 1, valueOrder(elastic, images), options)
    const steps = 100
    const texts = new Map<number, Set<string>>()
    for (let step = 0; step < steps; step++) {
      const { stage, members } = schedule.at(step, steps, { epochs: 1 })
      expect(elastic.print(members[0])).toBe(elastic.print(schedule.largest))
      expect(members).toHaveLength(stage === 0 ? 1 : 4)
      const seen = texts.get(stage) ?? new Set<string>()
      for (const path of members) seen.add(elastic.print(path))
      texts.set(stage, seen)
    }
    expect([...texts.keys()]).toEqual([0, 1, 2, 3])
    expect([...texts.get(1)!].every((text) => text.startsWith('width=8 depth=2'))).toBe(true)
    expect([...texts.get(2)!].every((text) => text.startsWith('width=8'))).toBe(true)
    expect([...texts.get(2)!].some((text) => text.includes('depth=1'))).toBe(true)
    expect([...texts.get(3)!].some((text) => text.startsWith('width=4'))).toBe(true)
  })

  it('keeps to the paths that a plan affords, each held for as long as it says', () => {
    const schedule = new SandwichSchedule(elastic, 1, valueOrder(elastic, images), { ...options, shrinking: false })
    const plan = { epochs: 1, paths: 2, hold: 3 }
    const groups = Array.from({ length: 60 }, (_, i) =>
      schedule
        .at(20 + i, 80, plan)
        .members.map((path) => elastic.print(path))
        .join(),
    )
    for (const [i, group] of groups.entries()) expect(group).toBe(groups[i - (i % 3)])
    expect(new Set(groups).size).toBeLessThanOrEqual(2)
  })
})

describe('ofa', () => {
  it('makes small networks that need no training of their own', async () => {
    const context = await contextOf(elastic)
    const { state } = await trainSupernet(ofa, context, { epochs: 10 }, {}, { onEpoch() {} })
    const weights = [...state.tensors]
      .filter(([name]) => name.startsWith('weights:'))
      .map(([name, value]) => [name.slice(8), value] as const)
    const shared = new SharedWeights(context.seed, new Map(weights))
    const order = valueOrder(elastic, images)
    const paths = [
      elastic.build(order.largest),
      elastic.build(order.smallest),
      elastic.parse('width=4 depth=2[op=conv(kernel=1) | op=skip]'),
    ]
    for (const path of paths) {
      const { metrics, network } = await judgePath(context, shared, path)
      expect(metrics.accuracy, elastic.print(path)).toBeGreaterThan(0.8)
      // Of the largest network's own tensors.
      for (const { name } of parameterSpecs(network)) expect(shared.tensors.has(name)).toBe(true)
    }
  })

  it('refuses final weights that there are not', () => {
    expect(ofa.finalWeights?.({ final: 'shared' })).toBe('shared')
    expect(() => ofa.finalWeights?.({ final: 'none' })).toThrow(/must be scratch, shared or better/)
  })
})
