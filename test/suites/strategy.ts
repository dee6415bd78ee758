import { describe, expect, it } from 'vitest'
import {
  type Architecture,
  choice,
  conv,
  dense,
  float,
  globalPool,
  identity,
  int,
  randomFor,
  repeat,
  type SearchSpace,
  sequence,
  space,
} from '../../src/space/index.ts'
import type { Objective, Outcome, Proposal, Strategy, StrategyEntry } from '../../src/strategy/index.ts'

/** What a strategy can do; the cases that it cannot pass by its nature are left out with these. */
export interface StrategyCapabilities {
  /** Learns from outcomes, so it must beat random search. */
  readonly learns: boolean
  /** Proposes no architecture twice while there are new ones. */
  readonly unique: boolean
  /** Ends a countable space with 'exhausted'. */
  readonly exhausts: boolean
  /** Works in spaces with real numbers. */
  readonly floats: boolean
  /** Runs in which it must beat random search; default 25. Fewer for what takes long. */
  readonly runs?: number
  /** Trials in each of these; default 150. */
  readonly trials?: number
}

/** Conditional decisions, a repeat and a real number. */
const mixed = space(
  'mixed',
  sequence(
    repeat(
      'depth',
      [1, 3],
      choice('op', { conv: conv(choice('width', [16, 32, 64]), int('kernel', 1, 7, { step: 2 })), skip: identity() }),
    ),
    globalPool(),
    dense('classes'),
  ),
  { hyperparameters: { learningRate: float('learningRate', 0.01, 1, { log: true }) } },
)

/** 24 architectures. */
const tiny = space(
  'tiny',
  sequence(conv(choice('width', [16, 32, 64]), choice('kernel', [1, 3])), conv(int('last', 1, 4), 1), globalPool(), dense('classes')),
)

/** Twelve decisions of four values each, one value of each right: 4^12 architectures. */
const needle = space(
  'needle',
  sequence(...Array.from({ length: 12 }, (_, i) => conv(choice(`d${i}`, [1, 2, 3, 4]), 1)), globalPool(), dense('classes')),
)

const up: readonly Objective[] = [{ metric: 'score', direction: 'maximize' }]
const down: readonly Objective[] = [{ metric: 'score', direction: 'minimize' }]

/** How many decisions are right: the optimum, 12, is known. */
const rightOnes = (architecture: Architecture): number =>
  Object.values(architecture).filter((value, i) => value === 1 + ((i * 7) % 4)).length

/** A made-up measurement that any architecture has. */
const measure = (made: SearchSpace, architecture: Architecture): number => randomFor(3, made.print(architecture)).next()

const outcome = (number: number, { architecture }: Proposal, score: number): Outcome => ({
  number,
  architecture,
  status: 'finished',
  metrics: { score },
})

function ask(strategy: Strategy, n: number): Proposal {
  const proposal = strategy.ask(n)
  if (proposal === 'exhausted') throw new Error(`exhausted at ${n}`)
  return proposal
}

/** Runs trials one after the other; every seventh fails. */
function run(
  strategy: Strategy,
  made: SearchSpace,
  count: number,
  score = (a: Architecture) => measure(made, a),
  failing = true,
): Outcome[] {
  const history: Outcome[] = []
  for (let n = 0; n < count; n++) {
    const proposal = ask(strategy, n)
    const told: Outcome =
      failing && n % 7 === 6
        ? { number: n, architecture: proposal.architecture, status: 'failed', metrics: {} }
        : outcome(n, proposal, score(proposal.architecture))
    strategy.tell(told)
    history.push(told)
  }
  return history
}

/** The best of so many trials on the space with one right value a decision. */
function bestFound(entry: StrategyEntry, seed: number, objectives: readonly Objective[], trials: number): number {
  const sign = objectives === up ? 1 : -1
  const strategy = entry.make({ space: needle, seed, objectives })
  const history = run(strategy, needle, trials, (architecture) => sign * rightOnes(architecture), false)
  return Math.max(...history.map(({ architecture }) => rightOnes(architecture)))
}

/** Probability of so large a difference of rank sums by chance, one-sided (Mann and Whitney's U, normal approximation with ties). */
export function mannWhitney(better: readonly number[], worse: readonly number[]): number {
  const wins = better.reduce((sum, a) => sum + worse.reduce((count, b) => count + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0)
  const [n, m] = [better.length, worse.length]
  const counts = new Map<number, number>()
  for (const value of [...better, ...worse]) counts.set(value, (counts.get(value) ?? 0) + 1)
  const ties = [...counts.values()].reduce((sum, t) => sum + (t ** 3 - t), 0)
  const total = n + m
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))))
  const z = (wins - (n * m) / 2) / deviation
  return 0.5 * erfc(z / Math.SQRT2)
}

/** Complementary error function (Abramowitz and Stegun 7.1.26, error below 2e-7). */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const tail = poly * Math.exp(-x * x)
  return x >= 0 ? tail : 2 - tail
}

/** The contract of a strategy as tests; a plug-in can run it on its own entry. */
export function strategySuite(entry: StrategyEntry, capabilities: StrategyCapabilities): void {
  const make = (made: SearchSpace, objectives = up, seed = 7): Strategy => entry.make({ space: made, seed, objectives })
  const general = capabilities.floats ? mixed : tiny
  const count = capabilities.floats ? 60 : 16

  describe(`strategy ${entry.name}`, () => {
    it('says what it is', () => {
      expect(entry.name).toMatch(/^[a-z][a-z0-9-]*$/)
      expect(entry.summary.length).toBeGreaterThan(20)
      for (const option of Object.values(entry.options)) expect(option.summary.length).toBeGreaterThan(5)
    })

    it('proposes valid architectures of a conditional space, and says how it made them', () => {
      const strategy = make(general)
      for (const { architecture } of run(strategy, general, count)) expect(general.check(architecture)).toEqual([])
      expect(ask(strategy, count).origin).toMatch(/\w/)
    })

    it('names only told trials as parents', () => {
      const strategy = make(general)
      for (let n = 0; n < count; n++) {
        const proposal = ask(strategy, n)
        for (const parent of proposal.parents ?? []) expect(parent).toBeLessThan(n)
        strategy.tell(outcome(n, proposal, measure(general, proposal.architecture)))
      }
    })

    it('proposes the same for the same seed and history, however often it is asked', () => {
      const [first, second] = [make(general), make(general)]
      expect(run(first, general, count)).toEqual(run(second, general, count))
      expect(first.ask(count)).toEqual(first.ask(count))
      expect(first.ask(count)).toEqual(second.ask(count))
    })

    it('goes on after a replay of its history as if nothing had happened', () => {
      const original = make(general)
      const history = run(original, general, count)
      const replayed = make(general)
      for (const told of history) replayed.tell(told)
      for (let n = count; n < count + 5; n++) {
        const proposal = ask(original, n)
        expect(replayed.ask(n)).toEqual(proposal)
        for (const strategy of [original, replayed]) strategy.tell(outcome(n, proposal, measure(general, proposal.architecture)))
      }
    })

    it('goes on from a saved state, which is plain JSON', () => {
      const original = make(general)
      run(original, general, count)
      const restored = make(general)
      restored.restore(JSON.parse(JSON.stringify(original.save())))
      for (let n = count; n < count + 5; n++) {
        const proposal = ask(original, n)
        expect(restored.ask(n)).toEqual(proposal)
        for (const strategy of [original, restored]) strategy.tell(outcome(n, proposal, measure(general, proposal.architecture)))
      }
    })

    it('takes outcomes in another order, and gaps in their numbers', () => {
      const strategy = make(general)
      const proposals = Array.from({ length: 12 }, (_, n) => ask(strategy, n))
      for (const n of [3, 0, 7, 5, 11]) strategy.tell(outcome(n, proposals[n], measure(general, proposals[n].architecture)))
      expect(general.check(ask(strategy, 12).architecture)).toEqual([])
    })

    it('takes several objectives, and trials that lack a metric', () => {
      const objectives: readonly Objective[] = [
        { metric: 'score', direction: 'maximize' },
        { metric: 'flops', direction: 'minimize' },
      ]
      const strategy = make(general, objectives)
      for (let n = 0; n < count; n++) {
        const proposal = ask(strategy, n)
        const metrics: Record<string, number> = { score: measure(general, proposal.architecture) }
        if (n % 3 > 0) metrics.flops = 1e6 * (n + 1)
        if (n % 5 === 4) metrics.score = Number.NaN
        strategy.tell({ number: n, architecture: proposal.architecture, status: n % 4 === 3 ? 'stopped' : 'finished', metrics })
      }
      expect(general.check(ask(strategy, count).architecture)).toEqual([])
    })

    it('refuses options that it does not have, with the nearest names', () => {
      expect(() => entry.make({ space: tiny, seed: 0, objectives: up }, { nonsense: 1 })).toThrow(/nonsense/)
      for (const name of Object.keys(entry.options))
        expect(() => entry.make({ space: tiny, seed: 0, objectives: up }, { [`${name}x`]: 1 })).toThrow(`"${name}"`)
    })

    it('keeps its first 30 proposals', () => {
      // Changing this is right only when the strategy or the sampling is meant to change: a run begun before cannot go on exactly after it.
      const strategy = make(general)
      const texts = run(strategy, general, capabilities.floats ? 30 : 16).map(({ architecture }) => general.print(architecture))
      expect(texts).toMatchSnapshot()
    })

    it.runIf(capabilities.unique)('proposes nothing twice', () => {
      const texts = run(make(tiny), tiny, 24).map(({ architecture }) => tiny.print(architecture))
      expect(new Set(texts).size).toBe(24)
    })

    it.runIf(capabilities.exhausts)('ends when the space has no more', () => {
      const strategy = make(tiny)
      run(strategy, tiny, 24)
      expect(strategy.ask(24)).toBe('exhausted')
      expect(strategy.ask(25)).toBe('exhausted')
    })

    it.runIf(capabilities.learns)('beats random search in both directions of the objective', async () => {
      const { random } = await import('../../src/strategy/random.ts')
      const { trials = 150 } = capabilities
      const seeds = Array.from({ length: 25 }, (_, i) => i)
      const baseline = seeds.map((seed) => bestFound(random, seed, up, trials))
      for (const objectives of [up, down]) {
        const found = seeds.slice(0, capabilities.runs).map((seed) => bestFound(entry, seed, objectives, trials))
        expect(mannWhitney(found, baseline)).toBeLessThan(0.001)
      }
    })
  })
}
