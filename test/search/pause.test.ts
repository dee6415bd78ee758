import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inProcessBatches } from '../../src/data/batches.ts'
import { resume, search } from '../../src/index.ts'
import type { Bench } from '../../src/search/bench.ts'
import type { TrialListener } from '../../src/search/events.ts'
import { createInProcessExecutor } from '../../src/search/index.ts'
import { openRun } from '../../src/search/node/runs.ts'
import type { TrainState } from '../../src/train/index.ts'
import { decodeState, encodeState, type EpochRecord } from '../../src/train/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { elastic } from '../oneshot/fixtures.ts'
import { stripesData } from '../train/examples.ts'
import { configOf } from './fakes.ts'

const bench: Bench = {
  runtime: await createNodeRuntime(),
  dataset: stripesData(),
  space: elastic,
  openBatches: inProcessBatches,
  threads: 1,
  shared: true,
  device: 'cpu',
}
const folder = mkdtempSync(join(tmpdir(), 'nascent-pause-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const architecture = 'width=8 depth=2[op=conv(kernel=3) | op=conv(kernel=3)]'
const never = new AbortController().signal

/** Stops after as many points as are said. */
function listening(most: number): TrialListener & { readonly curve: Omit<EpochRecord, 'seconds'>[] } {
  const curve: Omit<EpochRecord, 'seconds'>[] = []
  return {
    curve,
    onEpoch(record) {
      const { seconds: _, ...rest } = record
      curve.push(rest)
      return curve.length === most ? { stop: 'so far' } : 'continue'
    },
  }
}

describe('a trial that was told to stop', () => {
  const config = configOf({ proxies: [{ name: 'asha', options: { eta: 2, rungs: 2 } }], fidelity: { epochs: 4 } })
  const task = { number: 3, architecture, config }

  it('goes on to the same curve and the same result as one that never stopped', async () => {
    const whole = listening(0)
    const expected = await createInProcessExecutor(bench).run(task, whole, never)
    expect(whole.curve.map(({ share }) => share)).toEqual([0.25, 0.5, 1])
    const files = new Map<number, Uint8Array>()
    const executor = createInProcessExecutor(bench, undefined, undefined, {
      keep: (number, state: TrainState | undefined) => void (state ? files.set(number, encodeState(state)) : files.delete(number)),
      recall: (number) => (files.has(number) ? decodeState(files.get(number) as Uint8Array) : undefined),
    })
    const first = listening(1)
    const paused = await executor.run(task, first, never)
    expect(paused).toMatchObject({ status: 'stopped', reason: 'so far', metrics: { accuracy: first.curve[0].metrics.accuracy } })
    expect(paused.metrics.parameters).toBeGreaterThan(0)
    const second = listening(1)
    await executor.run({ ...task, goesOn: true }, second, never)
    const third = listening(0)
    const end = await executor.run({ ...task, goesOn: true }, third, never)
    expect([...first.curve, ...second.curve, ...third.curve]).toEqual(whole.curve)
    expect({ ...end.metrics, latencyMs: 0 }).toEqual({ ...expected.metrics, latencyMs: 0 })
    expect(files.size).toBe(0)
  })
})

describe('a run with a proxy', () => {
  it('stops trials, says why and what that saved, and trains one whole when asked', async () => {
    const options = { data: 'digits', space: elastic, strategy: 'random', proxy: 'asha', budget: '10trials', fidelity: '2ep' } as const
    const run = await search({ ...options, seed: 3, finalEpochs: 1, out: join(folder, 'run') })
    const { trials } = openRun(run.folder)
    expect(run.trials).toMatchObject({ finished: trials.filter(({ status }) => status === 'finished').length, failed: 0 })
    const stopped = trials.filter(({ stoppedBy }) => stoppedBy === 'asha')
    expect(stopped.length).toBeGreaterThan(4)
    for (const { reason, saved } of stopped) {
      expect(reason).toMatch(/^it is number \d+ of the \d+ that reached rung [12]/)
      expect(saved?.seconds).toBeGreaterThan(0)
    }
    const { number } = stopped[0]
    const after = await resume(run.folder, { goOn: [number], space: elastic })
    expect(after.trials.finished).toBe(run.trials.finished + 1)
    const row = openRun(run.folder).trials[number]
    expect(row.status).toBe('finished')
    expect(row.curve.map(({ share }) => share?.toFixed(1))).toEqual(['0.1', '0.3', '1.0'])
    expect(openRun(run.folder).state.ended?.reason).toBe('trials')
    await expect(resume(run.folder, { goOn: [number], space: elastic })).rejects.toThrow(`Trial ${number} of run`)
  })
})
