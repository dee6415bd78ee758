import { describe, expect, it } from 'vitest'
import { fitness, findStrategy, strategies, type Objective, type Outcome } from '../../src/strategy/index.ts'
import { type StrategyCapabilities, strategySuite } from '../suites/strategy.ts'

/** What each strategy can do. Every registered strategy must be here. */
const capabilities: Readonly<Record<string, StrategyCapabilities>> = {
  random: { learns: false, unique: true, exhausts: true, floats: true },
  grid: { learns: false, unique: true, exhausts: true, floats: true },
  exhaustive: { learns: false, unique: true, exhausts: true, floats: false },
  'local-search': { learns: true, unique: true, exhausts: true, floats: true },
  annealing: { learns: true, unique: true, exhausts: true, floats: true },
  bananas: { learns: true, unique: true, exhausts: true, floats: true, runs: 5, trials: 80 },
  pnas: { learns: true, unique: true, exhausts: true, floats: true, runs: 5 },
  gp: { learns: true, unique: true, exhausts: true, floats: true, runs: 5, trials: 80 },
  morphism: { learns: true, unique: true, exhausts: true, floats: true, runs: 5 },
  evolution: { learns: true, unique: true, exhausts: true, floats: true },
  reinforcement: { learns: true, unique: true, exhausts: true, floats: true },
  nsga2: { learns: true, unique: true, exhausts: true, floats: true },
  tpe: { learns: true, unique: true, exhausts: true, floats: true },
  bohb: { learns: true, unique: true, exhausts: true, floats: true },
  mcts: { learns: true, unique: true, exhausts: true, floats: true },
}

for (const entry of strategies) strategySuite(entry, capabilities[entry.name])

describe('the registry of strategies', () => {
  it('lists each name once, and the tests know every one', () => {
    expect(strategies.map(({ name }) => name).sort()).toEqual(Object.keys(capabilities).sort())
  })

  it('finds a strategy by name, and helps with a slip', () => {
    expect(findStrategy('evolution').name).toBe('evolution')
    expect(() => findStrategy('evolutoin')).toThrow(/evolutoin.*"evolution"/)
  })
})

describe('fitness', () => {
  const objectives: readonly Objective[] = [
    { metric: 'accuracy', direction: 'maximize' },
    { metric: 'latencyMs', direction: 'minimize' },
  ]
  const told = (metrics: Outcome['metrics'], status: Outcome['status'] = 'finished'): Outcome => ({
    number: 0,
    architecture: {},
    status,
    metrics,
  })

  it('is the value in the direction of the objective', () => {
    expect(fitness([{ metric: 'loss', direction: 'minimize' }], told({ loss: 2 }))).toBe(-2)
    expect(fitness([{ metric: 'accuracy', direction: 'maximize' }], told({ accuracy: 0.5 }))).toBe(0.5)
  })

  it('weighs several objectives against one another', () => {
    const score = (accuracy: number, latencyMs: number): number => fitness(objectives, told({ accuracy, latencyMs })) as number
    expect(score(0.9, 1)).toBeGreaterThan(score(0.9, 2))
    expect(score(0.9, 1)).toBeGreaterThan(score(0.8, 1))
    // Ten times slower costs the factor 10^-0.07 = 0.851.
    expect(score(0.9, 10) / score(0.9, 1)).toBeCloseTo(10 ** -0.07, 6)
    const losses: readonly Objective[] = [{ metric: 'accuracy', direction: 'minimize' }, objectives[1]]
    expect(fitness(losses, told({ accuracy: 0.9, latencyMs: 1 }))).toBeGreaterThan(
      fitness(losses, told({ accuracy: 0.9, latencyMs: 2 })) as number,
    )
    const below = (r2: number, latencyMs: number): number => fitness(objectives, told({ accuracy: r2, latencyMs })) as number
    expect(below(-0.5, 1)).toBeGreaterThan(below(-0.5, 2))
  })

  it('is nothing where a metric is missing, no number, or the trial did not finish', () => {
    expect(fitness(objectives, told({ accuracy: 0.9 }))).toBeUndefined()
    expect(fitness(objectives, told({ accuracy: Number.NaN, latencyMs: 1 }))).toBeUndefined()
    expect(fitness(objectives, told({ accuracy: 0.9, latencyMs: 1 }, 'failed'))).toBeUndefined()
  })
})
