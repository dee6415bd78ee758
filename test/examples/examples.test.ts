import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { nascent } from '../cli/nascent.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))
const jiti = join(dirname(createRequire(import.meta.url).resolve('jiti/package.json')), 'lib/jiti-cli.mjs')

/** Runs an example as a user does, from another folder, so that what it writes is seen. */
function run(name: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [jiti, example(name), ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 110_000,
  })
  expect(status, stderr).toBe(0)
  return stdout
}

describe('examples', () => {
  it('ask-tell: a strategy without training finds a cell near the wish', () => {
    expect(Number(/^([\d.]+) MFLOPs beside the wish: cell\(/.exec(run('ask-tell.ts'))?.[1])).toBeLessThan(3)
  })

  it('quick-start: events while it runs, then a model and its accuracy', () => {
    const said = run('quick-start.ts', '20s')
    expect(said).toMatch(/network 0: finished, accuracy 0\.\d+/)
    expect(Number(/is right in ([\d.]+) %/.exec(said)?.[1])).toBeGreaterThan(80)
    expect(existsSync(join(folder, 'quick-start/model.onnx'))).toBe(true)
  })

  it('custom-space: a space of one file is searched by name', () => {
    const args = [
      'search',
      'digits',
      '--space',
      `${example('custom-space.ts')}#small`,
      '--strategy',
      'random',
      '--budget',
      '2trials',
      '--fidelity',
      '1ep',
      '--final-epochs',
      '1',
      '--json',
    ]
    const { code, stdout, stderr } = nascent(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    expect((JSON.parse(stdout) as { best: { architecture: string } }).best.architecture).toMatch(/^first\(depth=\d\[op=.*learningRate=/)
  })

  it('custom-strategy: a strategy of one file is used by name, and its run is resumed', () => {
    const args = ['search', 'digits', '--space', 'chain', '--strategy', `${example('custom-strategy.ts')}#climber`, '--set', 'patience=2']
    const rest = ['--budget', '4trials', '--fidelity', '1ep', '--final-epochs', '1', '--workers', '1', '--out', 'climb', '--json']
    const { code, stdout, stderr } = nascent([...args, ...rest], { cwd: folder })
    expect(code, stderr).toBe(0)
    expect((JSON.parse(stdout) as { trials: { finished: number } }).trials.finished).toBe(4)
    const again = nascent(['resume', 'climb', '--budget', '6trials', '--json'], { cwd: folder })
    expect(again.code, again.stderr).toBe(0)
    const { trials } = JSON.parse(nascent(['show', 'climb', '--json'], { cwd: folder }).stdout) as { trials: { origin: string }[] }
    expect(trials.map(({ origin }) => origin)).toHaveLength(6)
    expect(trials[1].origin).toBe('mutation')
  })

  it('custom-strategy: a module without one says so', () => {
    const { code, stderr } = nascent(['search', 'digits', '--strategy', `${example('custom-strategy.ts')}#climbr`], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/exports no search strategy "climbr"; it has climber/)
  })

  it('enas: units, a reward and one call give a tested network', () => {
    const said = run('enas.ts', 'digits', '30s')
    expect(said).toMatch(/^a=\w+ b=\w+ c=\w+ d=\w+: reward \d\.\d+, [\d.]+ MFLOPs/)
    expect(Number(/right in ([\d.]+) %/.exec(said)?.[1])).toBeGreaterThan(70)
  })

  it('reward: a reward of one file is what is made better, in every worker', () => {
    const args = ['search', 'digits', '--reward', `${example('reward.ts')}#frugal`, '--budget', '3trials', '--fidelity', '1ep']
    const { code, stdout, stderr } = nascent([...args, '--final-epochs', '1', '--out', 'frugal', '--json'], { cwd: folder })
    expect(code, stderr).toBe(0)
    const { best } = JSON.parse(stdout) as { best: { metrics: Record<string, number> } }
    const { trials } = JSON.parse(nascent(['show', 'frugal', '--json'], { cwd: folder }).stdout) as {
      trials: { metrics: Record<string, number> }[]
    }
    for (const { metrics } of trials) expect(metrics.reward).toBeCloseTo(metrics.accuracy - 0.02 * Math.log10(metrics.parameters), 6)
    expect(best.metrics.reward).toBe(Math.max(...trials.map(({ metrics }) => metrics.reward)))
  })
})
