import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Options, resume, search, UserError } from '../../src/index.ts'
import { openRun } from '../../src/search/node/runs.ts'
import { plain } from '../oneshot/fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-supernet-'))
const before = process.env.NASCENT_HOME
beforeAll(() => {
  process.env.NASCENT_HOME = join(folder, 'home')
})
afterAll(() => {
  if (before === undefined) delete process.env.NASCENT_HOME
  else process.env.NASCENT_HOME = before
  rmSync(folder, { recursive: true, force: true })
})

const asked = (strategy: string): Options => ({
  data: 'digits',
  space: plain,
  strategy,
  budget: '3trials',
  fidelity: '2ep',
  finalEpochs: 1,
  seed: 3,
})
const rows = (run: string) =>
  openRun(run).trials.map(({ number, architecture, status, metrics }) => [number, architecture, status, metrics.accuracy])

describe('a search with shared weights', () => {
  it.each(['spos', 'darts'])('%s trains the weights, judges paths as trials, and ends with a tested model', async (strategy) => {
    const going = search(asked(strategy))
    const types: string[] = []
    for await (const { type } of going) types.push(type)
    const run = await going
    const times = (type: string): number => types.filter((other) => other === type).length
    expect([times('supernet-started'), times('supernet-ended'), times('trial-ended')]).toEqual([1, 1, 3])
    expect(times('supernet-epoch')).toBeGreaterThanOrEqual(10)
    expect(types.indexOf('supernet-ended')).toBeLessThan(types.indexOf('trial-started'))
    expect(run.trials).toMatchObject({ finished: 3, stopped: 0, failed: 0 })
    expect(run.test.accuracy).toBeGreaterThan(0.15)
    const { state } = openRun(run.folder)
    expect(state.supernet?.status).toBe('finished')
    if (strategy === 'darts') expect(Object.keys(state.supernet?.epochs.at(-1)?.alphas ?? {}).sort()).toEqual(['first', 'second'])
  })

  it.each(['spos', 'enas', 'darts'])(
    '%s: interrupted in the middle of the weights, it goes on and ends as an undisturbed run',
    async (strategy) => {
      const whole = await search(asked(strategy))
      const stop = new AbortController()
      const going = search({ ...asked(strategy), signal: stop.signal })
      for await (const event of going) if (event.type === 'supernet-epoch' && event.record.epoch === 4) stop.abort()
      const cut = await going
      expect(openRun(cut.folder).state.ended?.reason).toBe('interrupted')
      const resumed = await resume(cut.folder, { space: plain })
      expect(rows(resumed.folder)).toEqual(rows(whole.folder))
      expect(resumed.test).toEqual(whole.test)
    },
  )

  it('refuses options that the method does not have', async () => {
    await expect(search({ ...asked('spos'), strategy: 'sposs' })).rejects.toThrow(UserError)
  })
})
