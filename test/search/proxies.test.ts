import { describe, expect, it } from 'vitest'
import type { Executor, RunConfig, SearchEvent, Store, StoredEvent, TrialEnd } from '../../src/search/events.ts'
import { runLoop } from '../../src/search/loop.ts'
import { createMemoryStore } from '../../src/search/memory-store.ts'
import { parseProxies, pointsOf, proxiesOf } from '../../src/search/proxies.ts'
import { accuracyOf, configOf, listOf, loopOptions, objectives, smallSpace, watched, strategyOf } from './fakes.ts'

const steps = 90

/** A curve that rises to the architecture's own accuracy. */
const valueAt = (architecture: string, step: number): number => accuracyOf(architecture) * (step / steps) ** 0.1

/** Trains by the clock of its steps, pauses when it is told to, and goes on from there. */
function pausingExecutor(points: readonly number[], slots = 1): Executor & { readonly trained: Map<number, number> } {
  const at = new Map<number, number>()
  const trained = new Map<number, number>()
  return {
    slots,
    trained,
    async run({ number, architecture, goesOn }, { onEpoch }, signal): Promise<TrialEnd> {
      const from = goesOn ? (at.get(number) ?? 0) : 0
      for (const step of [...points.map((share) => Math.round(share * steps)), steps].filter((one) => one > from)) {
        await new Promise((resolve) => setTimeout(resolve))
        if (signal.aborted) return { status: 'stopped', metrics: {} }
        trained.set(number, (trained.get(number) ?? 0) + step - Math.max(from, at.get(number) ?? from))
        at.set(number, step)
        const metrics = { accuracy: valueAt(architecture, step) }
        const record = { epoch: step, step, share: step / steps, trainLoss: 1, validLoss: 1, metrics, seconds: 1 }
        if ((await onEpoch(record)) !== 'continue') return { status: 'stopped', metrics }
      }
      return { status: 'finished', metrics: { accuracy: accuracyOf(architecture) } }
    },
    close: async () => {},
  }
}

function asAppended(stored: StoredEvent): SearchEvent {
  const { id: _, at: __, ...event } = stored
  return event
}

function begun(config: RunConfig): Store {
  const store = createMemoryStore()
  store.append([{ type: 'run-started', config }])
  return store
}

const configWith = (proxy: string, more: Partial<RunConfig> = {}): RunConfig =>
  configOf({ strategy: 'random', strategyOptions: {}, proxies: parseProxies(proxy), budget: { trials: 27 }, ...more })

async function searched(config: RunConfig, store = begun(config), more = {}) {
  const executor = pausingExecutor(pointsOf(config) ?? [], config.workers)
  const proxies = proxiesOf(config, { space: smallSpace, seed: config.seed, objective: objectives[0] })
  const end = await runLoop(loopOptions(store, config, executor, { proxies, ...more }))
  return { store, executor, end }
}

describe('a search with rungs', () => {
  it('trains a ninth of all, a third of a third, a ninth of a ninth, and ends with the best of all', async () => {
    const { store, executor, end } = await searched(configWith('successive-halving'))
    expect(end.reason).toBe('trials')
    const rows = store.trials().filter(({ replayOf }) => replayOf === undefined)
    const finished = rows.filter(({ status }) => status === 'finished')
    const best = rows.toSorted((a, b) => accuracyOf(b.architecture) - accuracyOf(a.architecture))[0]
    // Ranks do not change along these curves, so each group's best is found.
    expect(finished.map(({ architecture }) => architecture)).toContain(best.architecture)
    for (const { status, saved, stoppedBy, curve, reason } of rows) {
      if (status === 'finished') continue
      expect(stoppedBy).toBe('successive-halving')
      expect(reason).toMatch(/of its bracket of 9/)
      expect(saved?.share).toBeCloseTo(1 - (curve.at(-1)?.share ?? 0), 9)
    }
    // No work is repeated: each trial is trained once to where it stands.
    for (const { number, curve } of rows) expect(executor.trained.get(number)).toBe(curve.at(-1)?.step)
  })

  it('tells the strategy of a trial each time that it has a result', async () => {
    const config = configWith('asha')
    const strategy = watched(strategyOf(config))
    const { store } = await searched(config, begun(config), { strategy })
    const row = store.trials().find(({ earlier = [] }) => earlier.length > 0)
    const told = strategy.told.filter(({ number }) => number === row?.number)
    expect(told.length).toBe((row?.earlier?.length ?? 0) + 1)
    expect(told[0].status).toBe('stopped')
    expect(told[0].metrics.accuracy).toBe(row?.earlier?.[0].metrics.accuracy)
  })

  it.each(['asha', 'hyperband', 'successive-halving'])('%s goes on after a kill as if there had been none', async (proxy) => {
    const config = configWith(proxy, { strategy: 'evolution', strategyOptions: { population: 4, sample: 2 } })
    const undisturbed = (await searched(config)).store
    const events = undisturbed.read()
    for (const cut of [5, 17, 40, 77, events.length - 3]) {
      const store = createMemoryStore()
      store.append(events.slice(0, cut).map(asAppended))
      await searched(config, store)
      expect(listOf(store)).toEqual(listOf(undisturbed))
    }
  })

  it('trains a stopped trial whole when it is asked to, and nothing else', async () => {
    const config = configWith('asha')
    const { store } = await searched(config)
    const stopped = store.trials().find(({ status, replayOf }) => status === 'stopped' && replayOf === undefined)
    const number = stopped?.number as number
    const before = store.read().length
    await searched(config, store, { goOn: [number] })
    expect(new Set(store.read(before).map((event) => ('number' in event ? event.number : -1)))).toEqual(new Set([number]))
    const row = store.trials()[number]
    expect(row).toMatchObject({ status: 'finished', metrics: { accuracy: accuracyOf(row.architecture) } })
    expect(row.curve.map(({ step }) => step)).toEqual([10, 30, 90])
  })

  it('runs with several workers, too', async () => {
    const { store } = await searched(configWith('asha', { workers: 3 }))
    expect(store.trials()).toHaveLength(27)
    expect(store.trials().filter(({ status }) => status === 'finished').length).toBeGreaterThan(0)
  })
})

describe('proxies by name', () => {
  it('take options of their own', () => {
    expect(parseProxies('asha', { eta: 4 })).toEqual([{ name: 'asha', options: { eta: 4 } }])
    expect(parseProxies('asha,hyperband', { 'asha.eta': 4 })).toEqual([
      { name: 'asha', options: { eta: 4 } },
      { name: 'hyperband', options: {} },
    ])
    expect(pointsOf({ proxies: parseProxies('asha', { eta: 2, rungs: 1 }) })).toEqual([1 / 2])
  })

  it('refuse what is none', () => {
    expect(() => parseProxies('ash')).toThrow('Did you mean "asha"?')
    expect(() => parseProxies('asha,hyperband', { eta: 4 })).toThrow('with several write asha.eta')
    expect(() =>
      proxiesOf({ proxies: parseProxies('asha', { etta: 4 }) }, { space: smallSpace, seed: 1, objective: objectives[0] }),
    ).toThrow('no option "etta"')
  })
})
