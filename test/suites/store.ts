import { expect, it } from 'vitest'
import type { RunConfig, SearchEvent, Store } from '../../src/search/events.ts'
import { usedSeconds } from '../../src/search/fold.ts'

const config: RunConfig = {
  run: 'r',
  version: '0',
  command: 'search',
  data: 'none',
  space: 'small',
  strategy: 'random',
  strategyOptions: {},
  objectives: [{ metric: 'rmse', direction: 'minimize' }],
  budget: { trials: 3 },
  fidelity: { epochs: 1 },
  workers: 1,
  deterministic: false,
  seed: 0,
  device: 'cpu',
  finalShare: 0.5,
}

const started = (number: number, attempt = 1): SearchEvent => ({
  type: 'trial-started',
  number,
  attempt,
  architecture: `a${number}`,
  decisions: { a: number },
  origin: 'random',
  parents: number === 0 ? [] : [number - 1],
})
const epoch = (number: number, at: number): SearchEvent => ({
  type: 'trial-epoch',
  number,
  record: { epoch: at, step: 10 * at, trainLoss: 1 / at, validLoss: 2 / at, metrics: { rmse: 3 / at }, seconds: 0.5 },
})
const ended = (number: number, rmse: number): SearchEvent => ({ type: 'trial-ended', number, status: 'finished', metrics: { rmse } })

/** What every store does, whatever holds it. `open` gives an empty one. */
export function storeSuite(open: () => Store): void {
  it('is empty at first', () => {
    const store = open()
    expect([store.read(), store.trials(), store.run()]).toEqual([[], [], undefined])
    store.close()
  })

  it('gives back what was appended, in order, with growing numbers and the time', () => {
    const store = open()
    const began = Date.now()
    const events: SearchEvent[] = [{ type: 'run-started', config }, started(0), epoch(0, 1), ended(0, 2)]
    const stored = [...store.append(events.slice(0, 1)), ...store.append(events.slice(1))]
    expect(store.read()).toEqual(stored)
    expect(stored).toEqual(events.map((event) => ({ ...event, id: expect.any(Number), at: expect.any(Number) })))
    for (const [i, { id, at }] of stored.entries()) {
      expect(id).toBeGreaterThan(i === 0 ? 0 : stored[i - 1].id)
      expect(at).toBeGreaterThanOrEqual(began)
    }
    expect(store.read(stored[1].id)).toEqual(stored.slice(2))
    expect(store.read(stored[0].id, 2)).toEqual(stored.slice(1, 3))
    store.close()
  })

  it('keeps trials up to date with their events', () => {
    const store = open()
    store.append([{ type: 'run-started', config }, started(0)])
    expect(store.trials()).toMatchObject([{ number: 0, attempt: 1, architecture: 'a0', decisions: { a: 0 }, status: 'running', curve: [] }])
    store.append([epoch(0, 1), epoch(0, 2)])
    expect(store.trials()[0]).toMatchObject({ status: 'running', epochs: 2, curve: [{ epoch: 1 }, { epoch: 2, metrics: { rmse: 1.5 } }] })
    const [last] = store.append([ended(0, 1.5)])
    const [row] = store.trials()
    expect(row).toMatchObject({ status: 'finished', metrics: { rmse: 1.5 }, ended: last.id })
    expect(Date.parse(row.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(row.startedAt))
    store.close()
  })

  it('lists trials in order of number, and a further attempt in place of the one before', () => {
    const store = open()
    store.append([{ type: 'run-started', config }, started(1), started(0), epoch(1, 1), started(1, 2), epoch(1, 1), epoch(1, 2)])
    expect(store.trials().map(({ number, attempt, curve }) => [number, attempt, curve.length])).toEqual([
      [0, 1, 0],
      [1, 2, 2],
    ])
    store.close()
  })

  it('counts trials and knows the best one, the earlier of equals', () => {
    const store = open()
    store.append([{ type: 'run-started', config }, started(0), started(1), started(2), started(3)])
    store.append([ended(2, 1), ended(1, 1), ended(3, 5), { type: 'trial-ended', number: 0, status: 'failed', metrics: {}, reason: 'why' }])
    expect(store.run()).toMatchObject({
      trials: { running: 0, finished: 3, stopped: 0, failed: 1 },
      best: { number: 1, metrics: { rmse: 1 } },
    })
    expect(store.trials()[0]).toMatchObject({ status: 'failed', reason: 'why' })
    store.close()
  })

  it('does not count a trial twice that is run again', () => {
    const store = open()
    store.append([{ type: 'run-started', config }, started(0), started(0, 2), ended(0, 1)])
    expect(store.run()?.trials).toEqual({ running: 0, finished: 1, stopped: 0, failed: 0 })
    store.close()
  })

  it('follows the run: final training, end, and going on', () => {
    const store = open()
    store.append([{ type: 'run-started', config, since: Date.now() - 7000 }])
    store.append([{ type: 'final-started', architecture: 'a1', epochs: 2, number: 1 }])
    const record = { epoch: 1, step: 1, trainLoss: 1, validLoss: 1, metrics: {}, seconds: 1 }
    store.append([{ type: 'final-epoch', record }])
    expect(store.run()?.final).toMatchObject({ architecture: 'a1', epochs: 2, number: 1, curve: [record] })
    expect(store.run()?.final?.metrics).toBeUndefined()
    store.append([
      { type: 'final-ended', metrics: { parameters: 3 }, test: { rmse: 2 }, files: ['m'] },
      { type: 'run-ended', reason: 'budget' },
    ])
    expect(store.run()).toMatchObject({ final: { test: { rmse: 2 }, files: ['m'] }, ended: { reason: 'budget' } })
    const used = usedSeconds(store.run()!)
    expect(used).toBeGreaterThanOrEqual(7)
    store.append([{ type: 'run-resumed', config: { ...config, budget: { seconds: 99 } }, since: Date.now() - 3000 }])
    expect(store.run()?.ended).toBeUndefined()
    expect(store.run()?.config.budget).toEqual({ seconds: 99 })
    expect(usedSeconds(store.run()!)).toBeGreaterThanOrEqual(used + 3)
    store.close()
  })

  it('does not let a caller change the record afterwards', () => {
    const store = open()
    const metrics = { rmse: 1 }
    store.append([{ type: 'run-started', config }, started(0), { type: 'trial-ended', number: 0, status: 'finished', metrics }])
    metrics.rmse = 0
    expect(store.trials()[0].metrics).toEqual({ rmse: 1 })
    expect(store.read().at(-1)).toMatchObject({ metrics: { rmse: 1 } })
    store.close()
  })
}
