import { describe, expect, it } from 'vitest'
import type { TrialRow } from '../../src/search/events.ts'
import { frontOf } from '../../src/search/front.ts'
import { runLoop } from '../../src/search/loop.ts'
import { createMemoryStore } from '../../src/search/memory-store.ts'
import { findStrategy } from '../../src/strategy/index.ts'
import { configOf, fakeExecutor, objectives as one, smallSpace } from './fakes.ts'

const objectives = [
  { metric: 'accuracy', direction: 'maximize' },
  { metric: 'parameters', direction: 'minimize' },
] as const

const row = (number: number, accuracy: number, parameters: number, status: TrialRow['status'] = 'finished'): TrialRow => ({
  number,
  attempt: 1,
  architecture: `a${number}`,
  decisions: {},
  status,
  metrics: { accuracy, parameters },
  epochs: 1,
  curve: [],
  parents: [],
  origin: 'random',
  startedAt: '2026-01-01T00:00:00.000Z',
})

describe('the Pareto front of a run', () => {
  it('has the trials that none beats in all objectives, the most accurate first, one of equals, finished ones only', () => {
    const rows = [row(0, 0.8, 100), row(1, 0.9, 300), row(2, 0.85, 400), row(3, 0.7, 50), row(4, 0.8, 100), row(5, 0.99, 10, 'failed')]
    expect(frontOf(objectives, rows)?.map(({ number }) => number)).toEqual([1, 0, 3])
  })

  it('is not said of one objective, and empty without finished trials', () => {
    expect(frontOf(one, [row(0, 0.8, 100)])).toBeUndefined()
    expect(frontOf(objectives, [row(0, 0.8, 100, 'stopped')])).toEqual([])
  })
})

describe('what a strategy knew when it proposed', () => {
  it('is in the event and in the trial, also of one that runs again', async () => {
    const config = configOf({ strategy: 'reinforcement', strategyOptions: {}, budget: { trials: 3 } })
    const store = createMemoryStore()
    const strategy = findStrategy('reinforcement').make({ space: smallSpace, seed: 5, objectives: one }, {})
    await runLoop({ config, store, strategy, space: smallSpace, executor: fakeExecutor(1) })
    const started = store.read().filter((event) => event.type === 'trial-started')
    expect(started).toHaveLength(3)
    const { probabilities, entropy } = started[0].details as { probabilities: Record<string, number>; entropy: number }
    expect(Object.values(probabilities).every((p) => p > 0 && p <= 1)).toBe(true)
    expect(entropy).toBeGreaterThan(0)
    expect(store.trials()[1].details).toEqual(started[1].details)
  })
})
