import { describe, expect, it } from 'vitest'
import { compare, type PlayAll } from '../../src/benchmark/compare.ts'
import { playHere } from '../../src/benchmark/play-here.ts'
import { checkpointsOf, play } from '../../src/benchmark/play.ts'
import { type ProblemData, problemOf } from '../../src/benchmark/problem.ts'
import { randomFor } from '../../src/space/index.ts'
import { findStrategy, type Outcome, type StrategyEntry } from '../../src/strategy/index.ts'
import { rows } from './tiny.ts'
import { tiny } from './tiny-space.ts'

const dataOf = (some: typeof rows, direction: ProblemData['direction'] = 'maximize'): ProblemData => ({
  architectures: some.map(({ text }) => text),
  signal: Float64Array.from(some, ({ signal }) => signal),
  truth: Float64Array.from(some, ({ truth }) => truth),
  seconds: Float64Array.from(some, () => 10),
  direction,
})
const whole = problemOf(dataOf(rows), tiny)

/** Proposes the architectures of a list, one after the other, and notes what it is told. */
function scripted(texts: readonly string[]): { readonly entry: StrategyEntry; readonly told: Outcome[] } {
  const told: Outcome[] = []
  const entry: StrategyEntry = {
    name: 'scripted',
    summary: 'a list',
    options: {},
    make: () => ({
      ask: (n) => (n < texts.length ? { architecture: tiny.parse(texts[n]), origin: 'list' } : 'exhausted'),
      tell: (outcome) => void told.push(outcome),
      save: () => ({}),
      restore() {},
    }),
  }
  return { entry, told }
}

const here = (data: ProblemData): PlayAll => playHere(problemOf(data, tiny))

describe('a play', () => {
  it('keeps the truth of the best trial by signal, counts every proposal, and tells what the table says', () => {
    // Signals 7, 7 (a tie: the first stays), 13, 7 again.
    const { entry, told } = scripted(['a=1 b=1 c=1 d=4', 'a=4 b=1 c=1 d=1', 'a=4 b=4 c=4 d=1', 'a=1 b=1 c=1 d=4'])
    const made = play(whole, entry, {}, 0, [1, 2, 3, 4, 5, 6])
    expect(made.truths).toEqual([7.4, 7.4, 13.1, 13.1, 13.1, 13.1])
    expect([made.trials, made.seconds]).toEqual([4, 40])
    expect(told.map(({ number, metrics }) => [number, metrics.signal])).toEqual([7, 7, 13, 7].map((signal, number) => [number, signal]))
  })

  it('takes an architecture that the table lacks as a failed trial', () => {
    const { entry, told } = scripted([rows[0].text, rows[200].text])
    const made = play(problemOf(dataOf(rows.slice(100)), tiny), entry, {}, 0, [1, 2])
    expect(made.truths).toEqual([Number.NaN, rows[200].truth])
    expect(told.map(({ status }) => status)).toEqual(['failed', 'finished'])
    expect(told[0].metrics).toEqual({})
  })

  it('looks at evenly spaced trials where there are too many', () => {
    expect(checkpointsOf(3)).toEqual([1, 2, 3])
    const many = checkpointsOf(10_000)
    expect([many.length, many[0], many[499]]).toEqual([500, 20, 10_000])
  })
})

describe('a table of a part of a space', () => {
  const some = rows.filter((_, i) => i % 5 === 0)
  const { space, row } = problemOf(dataOf(some), tiny)

  it('is searched within what it holds', () => {
    expect(space.size).toBe(BigInt(some.length))
    expect([...space.enumerate()].map((architecture) => tiny.print(architecture))).toEqual(some.map(({ text }) => text))
    for (let i = 0; i < 200; i++) {
      const random = randomFor(i)
      const [a, b] = [space.sample(random), space.sample(random)]
      for (const made of [a, space.mutate(a, random), space.crossover(a, b, random), ...space.neighbours(a)])
        expect(row(made)).toBeDefined()
    }
  })

  it.each(['random', 'evolution', 'local-search', 'annealing'])('is found whole by %s', (name) => {
    const made = play(problemOf(dataOf(some), tiny), findStrategy(name), {}, 1, [some.length + 10])
    expect(made.truths).toEqual([Math.max(...some.map(({ truth }) => truth))])
  })
})

describe('a comparison', () => {
  const contestants = [{ name: 'local-search', options: {} }]
  const options = { contestants, budget: 40, repeats: 30, seed: 5 }

  it('adds random search, and tells strategies apart', async () => {
    const played: string[] = []
    const data = dataOf(rows)
    const result = await compare(data, { ...options, onPlay: ({ name }) => played.push(name) }, here(data))
    const { random, 'local-search': local } = result.strategies
    expect(played).toHaveLength(60)
    expect(result.optimum).toEqual({ truth: 16.4, chosen: 16.4 })
    expect([local.rank, random.rank, random.pValue]).toEqual([1, 2, null])
    expect(local.pValue).toBeLessThan(1e-6)
    expect(local.final).toEqual({ mean: expect.closeTo(16.4, 1), std: expect.any(Number), n: 30 })
    expect(local.regret.map(({ trials }) => trials)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    const last = local.regret[39]
    expect(last.mean).toBeCloseTo(16.4 - local.final.mean, 10)
    expect(last.high - last.mean).toBeCloseTo((1.959964 * local.final.std) / Math.sqrt(30), 10)
    expect(random.seconds).toBe(400)
    for (const { regret } of [random, local])
      for (const [i, { mean }] of regret.entries()) expect(mean).toBeLessThanOrEqual(regret[Math.max(0, i - 1)].mean + 1e-9 + 0.3)
  })

  it('gives a strategy against its own kind no significance', async () => {
    const data = dataOf(rows)
    // A temperature that takes every step, so that annealing wanders.
    const wandering = [{ name: 'annealing', options: { starts: 1000 } }]
    const { strategies } = await compare(data, { ...options, contestants: wandering }, here(data))
    expect(strategies.annealing.pValue).toBeGreaterThan(0.01)
    expect(strategies.annealing.pValue).toBeLessThan(0.99)
  })

  it('minimises as well', async () => {
    const data = dataOf(rows, 'minimize')
    const { optimum, strategies } = await compare(data, options, here(data))
    expect(optimum).toEqual({ truth: 4.1, chosen: 4.1 })
    expect(strategies['local-search'].rank).toBe(1)
    expect(strategies['local-search'].pValue).toBeLessThan(1e-6)
    expect(strategies['local-search'].regret[39].mean).toBeGreaterThanOrEqual(0)
    expect(strategies['local-search'].final.mean).toBeLessThan(4.5)
  })
})
