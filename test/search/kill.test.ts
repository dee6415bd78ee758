import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TrialRow } from '../../src/search/events.ts'
import { databaseName } from '../../src/search/node/runs.ts'
import { readStore } from '../../src/search/node/store.ts'
import { nascent, start } from '../cli/nascent.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const asked = [
  '--space',
  'chain',
  '--strategy',
  'evolution',
  '--set',
  'population=3,sample=2',
  '--budget',
  '6trials',
  '--fidelity',
  '1ep',
  '--final-epochs',
  '2',
]
const search = (out: string, more: readonly string[] = []): string[] =>
  ['search', 'digits', ...asked, '--seed', '3', '--workers', '1', '--out', at(out), '--json'].concat(more)

function trialsOf(out: string): readonly TrialRow[] {
  const path = join(at(out), databaseName)
  if (!existsSync(path)) return []
  const store = readStore(path)
  try {
    return store.trials()
  } finally {
    store.close()
  }
}

const ended = (rows: readonly TrialRow[]): TrialRow[] => rows.filter(({ status }) => status === 'finished')
const listOf = (rows: readonly TrialRow[]) =>
  rows.map(({ number, architecture, status, metrics }) => [number, architecture, status, metrics.accuracy])

/** Starts a search and resolves when so many trials have finished. */
async function searching(out: string, finished: number, more?: readonly string[]): Promise<ChildProcess> {
  const child = start(search(out, more), folder)
  while (child.exitCode === null) {
    try {
      if (ended(trialsOf(out)).length >= finished) return child
    } catch {
      // Its database is being made.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the search ended before it was killed')
}

describe('a search that is killed', () => {
  it('goes on where it was: finished trials stay, and the list and the final model are those of an undisturbed run', async () => {
    const calm = nascent(search('calm'), { cwd: folder })
    expect(calm.code, calm.stderr).toBe(0)
    const child = await searching('killed', 3)
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'close')
    const before = ended(trialsOf('killed'))
    expect(before.length).toBeLessThan(6)
    const resumed = nascent(['resume', at('killed'), '--json'], { cwd: folder })
    expect(resumed.code, resumed.stderr).toBe(0)
    const rows = trialsOf('killed')
    expect(rows.slice(0, before.length)).toEqual(before)
    expect(listOf(rows)).toEqual(listOf(trialsOf('calm')))
    const results = [calm, resumed].map(
      ({ stdout }) => JSON.parse(stdout) as { best: { architecture: string }; test: object; trials: object },
    )
    expect(results[1].best.architecture).toBe(results[0].best.architecture)
    expect(results[1].test).toEqual(results[0].test)
    expect(results[1].trials).toEqual({ finished: 6, stopped: 0, failed: 0 })
  })

  it('that inherits weights goes on alike, too', async () => {
    const calm = nascent(search('heirs', ['--inherit']), { cwd: folder })
    expect(calm.code, calm.stderr).toBe(0)
    const child = await searching('killed-heirs', 4, ['--inherit'])
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'close')
    expect(ended(trialsOf('killed-heirs')).length).toBeLessThan(6)
    const resumed = nascent(['resume', at('killed-heirs'), '--json'], { cwd: folder })
    expect(resumed.code, resumed.stderr).toBe(0)
    const [undisturbed, rows] = [trialsOf('heirs'), trialsOf('killed-heirs')]
    expect(listOf(rows)).toEqual(listOf(undisturbed))
    expect(rows.map(({ inherited }) => inherited)).toEqual(undisturbed.map(({ inherited }) => inherited))
    const heirs = rows.filter(({ parents }) => parents.length > 0)
    expect(heirs.length).toBeGreaterThan(0)
    for (const { parents, inherited } of heirs) {
      expect(inherited?.from).toBe(parents[0])
      expect(inherited?.share).toBeGreaterThan(0)
    }
  })

  it.skipIf(process.platform !== 'linux')('leaves no worker behind when only its coordinator is killed', async () => {
    const child = await searching('orphans', 1)
    const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)
    expect(workers.length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const runs = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    for (let i = 0; i < 200 && workers.some(runs); i++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(workers.filter(runs)).toEqual([])
  })

  it('keeps everything when it is interrupted once: exit code 130, a model, and resume goes on', async () => {
    const child = await searching('interrupted', 2)
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    // The whole group, as Ctrl-C in a terminal does.
    process.kill(-(child.pid ?? 0), 'SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(130)
    const result = JSON.parse(said) as { trials: { finished: number }; files: string[] }
    expect(result.trials.finished).toBeGreaterThanOrEqual(2)
    expect(result.files.some((path) => path.endsWith('model.onnx') && existsSync(path))).toBe(true)
    const resumed = nascent(['resume', at('interrupted'), '--json'], { cwd: folder })
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(listOf(trialsOf('interrupted'))).toEqual(listOf(trialsOf('calm')))
  })
})
