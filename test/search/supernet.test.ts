import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Options, resume, search, UserError } from '../../src/index.ts'
import type { SearchOptions } from '../../src/search/node/options.ts'
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
/** As `--set` on the command line. */
const withOptions = (
  options: Options,
  strategyOptions: SearchOptions['strategyOptions'],
): Options & Pick<SearchOptions, 'strategyOptions'> => ({
  ...options,
  strategyOptions,
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

  it('takes shared weights for the final ones where they are wanted, or are no worse than what a training from scratch gives', async () => {
    const final = async (options: Readonly<Record<string, string>>, fidelity: string) => {
      const run = await search(withOptions({ ...asked('ofa'), fidelity }, options))
      const { state } = openRun(run.folder)
      expect(state.final?.test).toEqual(run.test)
      return {
        curve: state.final?.curve.length,
        weights: state.final?.weights,
        report: readFileSync(join(run.folder, 'report.html'), 'utf8'),
      }
    }
    const shared = await final({ final: 'shared' }, '1ep')
    expect(shared).toMatchObject({ curve: 0, weights: 'shared' })
    expect(shared.report).toContain('those that all networks of the space share')
    // One epoch from scratch, judged in validation, is no match for three of the supernet's.
    expect(await final({ final: 'better' }, '3ep')).toMatchObject({ curve: 1, weights: 'shared' })
    expect(await final({ final: 'scratch' }, '1ep')).toMatchObject({ curve: 1, weights: 'scratch' })
  })

  it('judges paths with the weights that a hypernetwork or a part of the supernet has for them', async () => {
    for (const strategy of ['smash', 'few-shot']) {
      const run = await search({ ...asked(strategy), fidelity: '1ep' })
      expect(run.trials, strategy).toMatchObject({ finished: 3, stopped: 0, failed: 0 })
    }
  })

  it('refuses options that the method does not have', async () => {
    await expect(search({ ...asked('spos'), strategy: 'sposs' })).rejects.toThrow(UserError)
    await expect(search(withOptions(asked('ofa'), { final: 'mine' }))).rejects.toThrow(/must be scratch, shared or better/)
  })
})
