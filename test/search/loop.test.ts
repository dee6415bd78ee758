import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import type { RunConfig, Store, TrialEnd } from '../../src/search/events.ts'
import { runLoop } from '../../src/search/loop.ts'
import { createMemoryStore } from '../../src/search/memory-store.ts'
import type { Strategy } from '../../src/strategy/strategy.ts'
import {
  accuracyOf,
  configOf,
  endlessExecutor,
  fakeExecutor,
  finished,
  listOf,
  loopOptions,
  smallSpace,
  strategyOf,
  watched,
} from './fakes.ts'

function begun(config: RunConfig): Store {
  const store = createMemoryStore()
  store.append([{ type: 'run-started', config }])
  return store
}

async function searched(config: RunConfig, executorSeed = 0): Promise<Store> {
  const store = begun(config)
  await runLoop(loopOptions(store, config, fakeExecutor(config.workers, executorSeed)))
  return store
}

describe('the search loop', () => {
  it('runs as many trials as the budget has and records each of them', async () => {
    const config = configOf()
    const store = begun(config)
    const events: string[] = []
    const end = await runLoop(loopOptions(store, config, fakeExecutor(1), { onEvent: ({ type }) => events.push(type) }))
    expect(end).toEqual({ reason: 'trials' })
    const trials = store.trials()
    expect(trials.map(({ number }) => number)).toEqual([...Array(12).keys()])
    expect(trials.every((trial) => trial.status === 'finished' && trial.metrics.accuracy === accuracyOf(trial.architecture))).toBe(true)
    expect(trials.filter(({ replayOf }) => replayOf === undefined).every(({ curve }) => curve.length === 2)).toBe(true)
    expect(events.filter((type) => type === 'trial-ended')).toHaveLength(12)
    expect(store.run()?.best?.metrics.accuracy).toBe(Math.max(...trials.map(({ metrics }) => metrics.accuracy)))
  })

  it('commits a result before the strategy hears of it', async () => {
    const config = configOf({ workers: 2 })
    const store = begun(config)
    const strategy = strategyOf(config)
    const before: boolean[] = []
    const tell: Strategy['tell'] = (outcome) => {
      before.push(store.trials().some(({ number, status }) => number === outcome.number && status === 'finished'))
      strategy.tell(outcome)
    }
    await runLoop(loopOptions(store, config, fakeExecutor(2), { strategy: { ...strategy, ask: (n) => strategy.ask(n), tell } }))
    expect(before).toEqual(Array(12).fill(true))
  })

  it('tells results as they come', async () => {
    const config = configOf({ workers: 3, budget: { trials: 20 } })
    const store = begun(config)
    const strategy = watched(strategyOf(config))
    await runLoop(loopOptions(store, config, fakeExecutor(3, 4), { strategy }))
    const inOrder = [...store.trials()].sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0)).map(({ number }) => number)
    expect(strategy.told.map(({ number }) => number)).toEqual(inOrder)
    expect(inOrder).not.toEqual([...inOrder].sort((a, b) => a - b))
  })

  it.each([2, 3])(
    'deterministic with %i workers: proposal n sees exactly the trials up to n - W, whatever the order of ends',
    async (workers) => {
      const config = configOf({ workers, deterministic: true, budget: { trials: 20 } })
      const lists = await Promise.all(
        [1, 2, 3].map(async (seed) => {
          const store = begun(config)
          const strategy = watched(strategyOf(config))
          await runLoop(loopOptions(store, config, fakeExecutor(workers, seed), { strategy }))
          for (const [n, told] of strategy.seen) expect(told, `proposal ${n}`).toEqual([...Array(Math.max(0, n - workers + 1)).keys()])
          return listOf(store)
        }),
      )
      expect(lists[1]).toEqual(lists[0])
      expect(lists[2]).toEqual(lists[0])
    },
  )

  it.each([
    ['one worker', configOf()],
    ['two workers, deterministic', configOf({ workers: 2, deterministic: true })],
    ['random', configOf({ strategy: 'random', strategyOptions: {} })],
  ])('killed after any event and begun again, it ends as if undisturbed (%s)', async (_, config) => {
    const calm = await searched(config)
    const events = calm.read()
    expect(events.length).toBeGreaterThan(30)
    for (let kept = 1; kept <= events.length; kept++) {
      const store = createMemoryStore()
      store.append(events.slice(0, kept))
      const before = store.trials().filter(({ status }) => status === 'finished')
      store.append([{ type: 'run-resumed', config }])
      const executor = fakeExecutor(config.workers, 99)
      await runLoop(loopOptions(store, config, executor))
      expect(listOf(store), `killed after event ${kept}`).toEqual(listOf(calm))
      expect(store.trials().filter((row) => before.some(({ number }) => number === row.number))).toEqual(before)
      expect(executor.ran.filter((number) => before.some((row) => row.number === number))).toEqual([])
    }
  })

  it('runs a trial that was killed again under its number, as the next attempt', async () => {
    const config = configOf({ budget: { trials: 3 } })
    const calm = await searched(config)
    const events = calm.read()
    const cut = events.findIndex((event) => event.type === 'trial-epoch' && event.number === 1)
    const store = createMemoryStore()
    store.append(events.slice(0, cut + 1))
    await runLoop(loopOptions(store, config, fakeExecutor(1)))
    expect(store.trials().map(({ attempt }) => attempt)).toEqual([1, 2, 1])
    expect(store.trials()[1].curve).toHaveLength(2)
  })

  it('goes on with several workers from a consistent history: nothing lost, nothing twice', async () => {
    const config = configOf({ workers: 3, budget: { trials: 15 } })
    const events = (await searched(config, 7)).read()
    for (let kept = 2; kept <= events.length; kept += 5) {
      const store = createMemoryStore()
      store.append(events.slice(0, kept))
      await runLoop(loopOptions(store, config, fakeExecutor(3, kept)))
      expect(store.trials().map(({ number, status }) => ({ number, status }))).toEqual(
        [...Array(15).keys()].map((number) => ({ number, status: 'finished' })),
      )
    }
  })

  it('takes a lost process as one failed trial and tells no made-up number', async () => {
    const config = configOf()
    const store = begun(config)
    const strategy = watched(strategyOf(config))
    const executor = fakeExecutor(1, 0, (task) => {
      if (task.number % 3 === 1) throw new Error('its process crashed (SIGSEGV)')
      return finished(task)
    })
    const end = await runLoop(loopOptions(store, config, executor, { strategy }))
    expect(end.reason).toBe('trials')
    const failed = store.trials().filter(({ status }) => status === 'failed')
    expect(failed.map(({ number }) => number)).toEqual([1, 4, 7, 10])
    expect(failed[0].reason).toBe('its process crashed (SIGSEGV)')
    expect(strategy.told.filter(({ status }) => status === 'failed').map(({ metrics }) => metrics)).toEqual([{}, {}, {}, {}])
  })

  it('ends with the reason when trials fail one after another', async () => {
    const config = configOf({ budget: { trials: 100 } })
    const store = begun(config)
    const failing = (): TrialEnd => ({ status: 'failed', metrics: {}, reason: 'the loss is not a number' })
    const end = await runLoop(loopOptions(store, config, fakeExecutor(2, 0, failing), { maxFailures: 4 }))
    expect(end.reason).toBe('failed')
    expect(end.message).toContain('4 trials failed one after another; the last one: the loss is not a number')
    expect(store.trials().length).toBeLessThan(8)
  })

  it('does not count failures that are apart', async () => {
    const config = configOf({ budget: { trials: 12 } })
    const store = begun(config)
    const executor = fakeExecutor(1, 0, (task) => (task.number % 2 ? finished(task) : { status: 'failed', metrics: {}, reason: 'odd' }))
    expect((await runLoop(loopOptions(store, config, executor, { maxFailures: 2 }))).reason).toBe('trials')
  })

  it('cancels what runs when the time is over, records it as stopped, and runs it again later', async () => {
    const config = configOf({ workers: 2, budget: { seconds: 60, trials: 6 } })
    const store = begun(config)
    const end = await runLoop(loopOptions(store, config, endlessExecutor(2), { deadline: Date.now() + 60 }))
    expect(end).toEqual({ reason: 'budget' })
    expect(store.trials().map(({ status, stoppedBy, metrics }) => ({ status, stoppedBy, metrics }))).toEqual(
      [0, 1].map(() => ({ status: 'stopped', stoppedBy: 'budget', metrics: {} })),
    )
    await runLoop(loopOptions(store, config, fakeExecutor(2)))
    expect(store.trials().map(({ status, attempt }) => `${status} ${attempt}`)).toEqual([
      ...Array(2).fill('finished 2'),
      ...Array(4).fill('finished 1'),
    ])
  })

  it('ends cleanly when interrupted, and goes on as if undisturbed', async () => {
    const config = configOf()
    const calm = await searched(config)
    const store = begun(config)
    const controller = new AbortController()
    const onEvent = (event: { type: string; number?: number }): void => {
      if (event.type === 'trial-epoch' && event.number === 5) controller.abort()
    }
    const end = await runLoop(loopOptions(store, config, fakeExecutor(1), { signal: controller.signal, onEvent }))
    expect(end).toEqual({ reason: 'interrupted' })
    expect(store.trials().map(({ status }) => status)).toEqual([...Array(5).fill('finished'), 'stopped'])
    await runLoop(loopOptions(store, config, fakeExecutor(1)))
    expect(listOf(store)).toEqual(listOf(calm))
  })

  it('does nothing when it is interrupted before it begins', async () => {
    const config = configOf()
    const store = begun(config)
    const end = await runLoop(loopOptions(store, config, fakeExecutor(1), { signal: AbortSignal.abort() }))
    expect(end.reason).toBe('interrupted')
    expect(store.trials()).toEqual([])
  })

  it('answers a known architecture with its result, and an endless repetition with the end', async () => {
    const config = configOf({ budget: { trials: 1000 } })
    const architecture = smallSpace.enumerate()[Symbol.iterator]().next().value as Record<string, string>
    const strategy: Strategy = { ask: () => ({ architecture, origin: 'random' }), tell: () => {}, save: () => null, restore: () => {} }
    const store = begun(config)
    const executor = fakeExecutor(1)
    const end = await runLoop(loopOptions(store, config, executor, { strategy, maxReplays: 7 }))
    expect(end.reason).toBe('exhausted')
    expect(executor.ran).toEqual([0])
    expect(store.trials().map(({ replayOf }) => replayOf)).toEqual([undefined, ...Array(7).fill(0)])
    expect(new Set(store.trials().map(({ metrics }) => metrics.accuracy)).size).toBe(1)
  })

  it('ends when the space is exhausted', async () => {
    const config = configOf({ strategy: 'grid', strategyOptions: {}, budget: { trials: 10_000 }, workers: 3 })
    const store = begun(config)
    const end = await runLoop(loopOptions(store, config, { ...fakeExecutor(3), run: async (task) => finished(task) }))
    expect(end.reason).toBe('exhausted')
    expect(BigInt(new Set(store.trials().map(({ architecture }) => architecture)).size)).toBe(smallSpace.size)
  })

  it('stops when the user has to mend something, which is no failure of a trial, and goes on as if undisturbed', async () => {
    const config = configOf()
    const calm = await searched(config)
    const store = begun(config)
    const executor = fakeExecutor(1, 0, (task) => {
      if (task.number === 5) throw new UserError('the data are gone')
      return finished(task)
    })
    await expect(runLoop(loopOptions(store, config, executor))).rejects.toThrow('the data are gone')
    expect(store.run()?.trials).toEqual({ running: 1, finished: 5, stopped: 0, failed: 0 })
    await runLoop(loopOptions(store, config, fakeExecutor(1)))
    expect(listOf(store)).toEqual(listOf(calm))
  })

  it('stops at once when nothing can be recorded any more, and says why', async () => {
    const config = configOf()
    const store = begun(config)
    const full: Store = {
      ...store,
      append(events) {
        if (store.trials().length === 4) throw new Error('the disk is full')
        return store.append(events)
      },
    }
    const executor = fakeExecutor(2)
    await expect(runLoop(loopOptions(full, config, executor))).rejects.toThrow('the disk is full')
    expect(executor.ran.length).toBeLessThanOrEqual(4)
  })
})
