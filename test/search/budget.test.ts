import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import {
  costWithin,
  describeFidelity,
  fidelityBySize,
  finalEpochsBySize,
  parseBudget,
  parseFidelity,
  planCostLimit,
  planFidelity,
  planTime,
} from '../../src/search/budget.ts'
import { parseObjectives } from '../../src/search/objectives.ts'

describe('a budget', () => {
  it.each([
    ['90s', { seconds: 90 }],
    ['10m', { seconds: 600 }],
    ['1h30m', { seconds: 5400 }],
    ['1.5h', { seconds: 5400 }],
    ['2d', { seconds: 172_800 }],
    ['10min', { seconds: 600 }],
    ['200trials', { trials: 200 }],
    ['1 trial', { trials: 1 }],
    ['10m,200trials', { seconds: 600, trials: 200 }],
    ['200trials, 1h', { seconds: 3600, trials: 200 }],
  ])('%s is read', (text, budget) => expect(parseBudget(text)).toEqual(budget))

  it.each([
    'banana',
    '',
    '10',
    '10x',
    'm',
    '-5m',
    '0s',
    '0trials',
    '1.5trials',
    '10m,',
    '10m,20m',
    '5trials,6trials',
    '10m;20trials',
    '2s',
    '1e9h',
    '9'.repeat(400) + 'h',
  ])('"%s" is refused with examples', (text) => {
    expect(() => parseBudget(text)).toThrow(UserError)
    expect(() => parseBudget(text)).toThrow(/10m.*200trials/)
  })

  it('is divided into search, final training and a tail', () => {
    const { searchUntil, trainUntil, until } = planTime(1_000_000, 100, 0, 0.5)
    expect([searchUntil, trainUntil, until]).toEqual([1_050_000, 1_095_000, 1_100_000])
  })

  it('counts what earlier stretches of work took', () => {
    const { searchUntil, until } = planTime(0, 100, 30, 0.5)
    expect([searchUntil, until]).toEqual([20_000, 70_000])
    expect(planTime(0, 100, 170, 0.5).until).toBe(0)
  })

  it('leaves the search what a small share of the final training does not need', () => {
    const { searchUntil, trainUntil } = planTime(0, 100, 0, 0)
    expect(searchUntil).toBe(trainUntil)
  })
})

/** Networks of one size. */
const flat = { work: 1e6, spread: [1e6] }

describe('a fidelity', () => {
  it.each([
    ['3ep', { epochs: 3 }],
    ['12epochs', { epochs: 12 }],
    ['20%data', { epochs: 1, share: 0.2 }],
    ['3ep,20%data', { epochs: 3, share: 0.2 }],
    ['2.5% data, 4 ep', { epochs: 4, share: 0.025 }],
    ['100%data', { epochs: 1 }],
    ['2ep,14px,8channels,1cell', { epochs: 2, side: 14, channels: 8, cells: 1 }],
  ])('%s is read', (text, fidelity) => expect(parseFidelity(text)).toEqual(fidelity))

  it.each(['', '3', 'x', '0ep', '20000ep', '0%data', '120%data', '3ep,4ep', '10s', '0ep,20%data', '0px', '8channels,4channels'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseFidelity(text)).toThrow(UserError)
    },
  )

  it('is described in words', () => {
    expect(describeFidelity({ epochs: 1 })).toBe('1 epoch')
    expect(describeFidelity({ epochs: 3, share: 0.2 })).toBe('3 epochs of 20 % of the data')
    expect(describeFidelity({ epochs: 2, side: 14, channels: 8, cells: 1 })).toBe('2 epochs, pictures of 14×14, 8 channels, 1 cell')
  })

  /** Trials that fit, as the plan's own cost model has it. */
  const fitting = (
    cost: { epochSeconds: number; validSeconds: number; fixedSeconds: number },
    seconds: number,
    { epochs, share = 1 }: { epochs: number; share?: number },
  ) => seconds / (cost.fixedSeconds + epochs * (share * cost.epochSeconds + cost.validSeconds))

  it.each([
    ['small data, a minute', { epochSeconds: 0.15, validSeconds: 0.02, fixedSeconds: 0.4, batches: 17, ...flat }, 54],
    ['large data, five minutes', { epochSeconds: 25, validSeconds: 2, fixedSeconds: 0.6, batches: 840, ...flat }, 280],
    ['large data, an hour', { epochSeconds: 25, validSeconds: 2, fixedSeconds: 0.6, batches: 840, ...flat }, 3500],
    ['a table, ten minutes', { epochSeconds: 0.02, validSeconds: 0.005, fixedSeconds: 0.2, batches: 10, ...flat }, 560],
  ])('is planned so that a sensible number of trials fits: %s', (_, cost, seconds) => {
    const plan = planFidelity(cost, seconds)
    const trials = fitting(cost, seconds, plan)
    expect(trials).toBeGreaterThanOrEqual(10)
    expect(plan.epochs >= 12 || trials <= 60).toBe(true)
  })

  it('is never nothing, however little time there is', () => {
    const { epochs, share } = planFidelity({ epochSeconds: 500, validSeconds: 20, fixedSeconds: 2, batches: 10_000, ...flat }, 30)
    expect(epochs).toBe(1)
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(0.05)
  })

  it('grows with the time and shrinks with the number of trials', () => {
    const cost = { epochSeconds: 1, validSeconds: 0.1, fixedSeconds: 0.3, batches: 100, ...flat }
    expect(planFidelity(cost, 240).epochs).toBeGreaterThan(planFidelity(cost, 60).epochs)
    expect(planFidelity(cost, 120, 10).epochs).toBeGreaterThan(planFidelity(cost, 120, 50).epochs)
  })

  it('depends on the size of the data alone when only trials count', () => {
    expect(fidelityBySize(500)).toEqual({ epochs: 12 })
    expect(fidelityBySize(1000)).toEqual({ epochs: 10 })
    expect(fidelityBySize(5000)).toEqual({ epochs: 2 })
    expect(fidelityBySize(10_000)).toEqual({ epochs: 1 })
    expect(fidelityBySize(40_000)).toEqual({ epochs: 1, share: 0.25 })
    expect(finalEpochsBySize(1000)).toBeGreaterThan(finalEpochsBySize(60_000))
  })
})

describe('the limit on what a network may cost', () => {
  const spread = Array.from({ length: 41 }, (_, i) => 1e6 * (i + 1))
  const cost = { epochSeconds: 10, validSeconds: 1, fixedSeconds: 0.5, batches: 800, work: 21e6, spread }

  it('is none when every network can be trained for long', () => {
    expect(planCostLimit(cost, 10_000, 2, 50_000)).toBeUndefined()
  })

  it('leaves networks whose final training has enough epochs', () => {
    const limit = planCostLimit(cost, 60, 1.5, 50_000) as number
    // 60 s on 1.5 workers' speed are 9 epochs of the measured network; 10 are wanted.
    expect(limit).toBeCloseTo((21e6 * 9) / 10, -1)
    expect(costWithin(cost, limit).epochSeconds).toBeLessThan(cost.epochSeconds)
  })

  it('leaves a part of the space open however little time there is', () => {
    const limit = planCostLimit(cost, 0.01, 1, 50_000) as number
    expect(spread.filter((work) => work <= limit).length).toBeGreaterThan(4)
  })
})

describe('objectives', () => {
  it('have the direction that makes them better', () => {
    expect(parseObjectives('accuracy,latencyMs', 'classification')).toEqual([
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latencyMs', direction: 'minimize' },
    ])
  })

  it('suit the task when none are given', () => {
    expect(parseObjectives(undefined, 'classification')[0].metric).toBe('accuracy')
    expect(parseObjectives(undefined, 'regression')[0]).toEqual({ metric: 'rmse', direction: 'minimize' })
  })

  it.each([
    ['acuracy', 'classification', /"accuracy"/],
    ['accuracy', 'regression', /rmse/],
    ['', 'classification', /accuracy/],
  ] as const)('"%s" for %s is refused', (text, task, words) => {
    expect(() => parseObjectives(text, task)).toThrow(UserError)
    expect(() => parseObjectives(text, task)).toThrow(words)
  })
})
