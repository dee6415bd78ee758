import { describe, expect, it } from 'vitest'
import type { TrialRow } from '../../src/search/events.ts'
import { runLoop } from '../../src/search/loop.ts'
import { createMemoryStore } from '../../src/search/memory-store.ts'
import { isComparable, warmStrategy, warmTrials } from '../../src/search/warm-start.ts'
import { choice, conv, dense, globalPool, randomFor, sequence, space } from '../../src/space/index.ts'
import { limitSpace } from '../../src/space/limit.ts'
import { findStrategy, strategies } from '../../src/strategy/index.ts'
import { accuracyOf, configOf, fakeExecutor, loopOptions, objectives, smallSpace, strategyOf, watched } from './fakes.ts'

const config = configOf()
const row = (architecture: string, accuracy: number, changes: Partial<TrialRow> = {}): TrialRow => ({
  number: 0,
  attempt: 1,
  architecture,
  decisions: {},
  status: 'finished',
  metrics: { accuracy },
  epochs: 1,
  curve: [],
  parents: [],
  origin: 'random',
  startedAt: '',
  ...changes,
})
const samples = Array.from({ length: 25 }, (_, i) => smallSpace.print(smallSpace.sample(randomFor(i))))
const different = [...new Set(samples)]
const trials = warmTrials(
  different.map((text) => row(text, accuracyOf(text))),
  smallSpace,
)
const best = [...different].sort((a, b) => accuracyOf(b) - accuracyOf(a))

describe('a warm start', () => {
  it('takes finished trials whose architectures are in the space, each once', () => {
    const rows = [
      row(samples[0], 0.5),
      row('depth=1[op=c]', 0.9),
      row(samples[0], 0.6),
      row(best[1], 0, { status: 'failed', metrics: {} }),
      row('', 0.9),
      row(best[0], 0.7),
    ]
    const taken = warmTrials(rows, smallSpace)
    expect(taken.map(({ architecture }) => smallSpace.print(architecture))).toEqual([...new Set([samples[0], best[0]])])
    expect(taken[0].metrics).toEqual({ accuracy: 0.5 })
  })

  it('compares results of the same data only, trained no longer than now', () => {
    const now = configOf({ data: 'digits', fidelity: { epochs: 2 } })
    expect(isComparable(now, now)).toBe(true)
    expect(isComparable({ ...now, data: 'iris' }, now)).toBe(false)
    expect(isComparable({ ...now, target: 'x' }, now)).toBe(false)
    expect(isComparable({ ...now, fidelity: { epochs: 3 } }, now)).toBe(false)
    expect(isComparable({ ...now, fidelity: { epochs: 3, share: 0.5 } }, now)).toBe(true)
  })

  it('tries the best ones first, then goes on from all that was told', () => {
    const inner = watched(strategyOf(config))
    const strategy = warmStrategy(inner, { told: true, trials }, smallSpace, objectives)
    const first = [0, 1, 2, 3].map((n) => strategy.ask(n))
    const texts = first.map((proposal) => (proposal === 'exhausted' ? '' : smallSpace.print(proposal.architecture)))
    expect(texts.slice(0, 3)).toEqual(best.slice(0, 3))
    expect(first.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ origin: 'warm-start' })))
    // A population is there already: no random beginning, and no foreign parents in the record.
    expect(first[3]).toMatchObject({ origin: expect.stringMatching(/mutation|crossover/), parents: [] })
    expect(inner.told.map(({ number }) => number)).toEqual(trials.map((_, i) => -1 - i))
  })

  it('without comparable results only tries the best ones first', () => {
    const inner = watched(strategyOf(config))
    const strategy = warmStrategy(inner, { told: false, trials }, smallSpace, objectives)
    expect(inner.told).toEqual([])
    expect(strategy.ask(2)).toMatchObject({ origin: 'warm-start' })
    expect(strategy.ask(3)).toMatchObject({ origin: 'random' })
  })

  it('proposes nothing that the space of now does not take', () => {
    const limited = limitSpace(smallSpace, { accepts: (architecture) => smallSpace.print(architecture) !== best[0], message: 'not that' })
    const strategy = warmStrategy(strategyOf(config), { told: true, trials }, limited, objectives)
    expect([0, 1].map((n) => strategy.ask(n))).toEqual(
      best.slice(1, 3).map((text) => ({ architecture: smallSpace.parse(text), origin: 'warm-start' })),
    )
  })

  it('runs in the search loop, whose record names no trial of another run', async () => {
    const store = createMemoryStore()
    store.append([
      { type: 'run-started', config },
      { type: 'warm-started', run: 'earlier', told: true, trials },
    ])
    const strategy = warmStrategy(strategyOf(config), { told: true, trials }, smallSpace, objectives)
    await runLoop(loopOptions(store, config, fakeExecutor(1), { strategy }))
    const rows = store.trials()
    expect(rows.slice(0, 3).map(({ architecture }) => architecture)).toEqual(best.slice(0, 3))
    for (const { parents, number } of rows) for (const parent of parents) expect(parent >= 0 && parent < number).toBe(true)
    expect(store.read(0, 2).map(({ type }) => type)).toEqual(['run-started', 'warm-started'])
  })
})

describe('strategies that were told of an earlier run', () => {
  const easy = space(
    'easy',
    sequence(...Array.from({ length: 8 }, (_, i) => conv(choice(`d${i}`, [1, 2, 3, 4]), 1)), globalPool(), dense('classes')),
  )
  const right = (text: string): number => Object.values(easy.parse(text)).filter((value) => value === 2).length
  /** Every strategy that learns; the rest have nothing to learn with. */
  const learning = strategies.filter(({ name }) => !['random', 'grid', 'exhaustive'].includes(name))

  it.each(learning)('$name begins better than without', (entry) => {
    const knownBefore = warmTrials(
      Array.from({ length: 60 }, (_, i) => {
        const text = easy.print(easy.sample(randomFor(i, 'earlier')))
        return row(text, right(text))
      }),
      easy,
    )
    const mean = (warm: boolean): number => {
      let sum = 0
      for (let seed = 0; seed < 5; seed++) {
        const inner = findStrategy(entry.name).make({ space: easy, seed, objectives })
        const strategy = warm ? warmStrategy(inner, { told: true, trials: knownBefore }, easy, objectives) : inner
        for (let n = 0; n < 20; n++) {
          const proposal = strategy.ask(n)
          if (proposal === 'exhausted') throw new Error('exhausted')
          const accuracy = right(easy.print(proposal.architecture))
          // The architectures tried again are left out: only what the strategy makes of them counts.
          if (n >= 3) sum += accuracy
          strategy.tell({ number: n, architecture: proposal.architecture, status: 'finished', metrics: { accuracy } })
        }
      }
      return sum / (5 * 17)
    }
    expect(mean(true)).toBeGreaterThan(mean(false) + 0.4)
  })
})
