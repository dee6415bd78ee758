import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nascent } from '../cli/nascent.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-disk-'))
const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0
// A disk of its own needs the right to mount one.
const mounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder)
afterAll(() => {
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
})

const out = join(folder, 'run')
const asked = [
  'search',
  'digits',
  '--space',
  'chain',
  '--strategy',
  'random',
  '--budget',
  '4trials',
  '--fidelity',
  '1ep',
  '--final-epochs',
  '2',
]
const oneSentence = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('nascent: '))

describe.skipIf(!mounted)('on a small disk', () => {
  it('a search says that the disk is full and exits with 2; with room made it goes on', () => {
    const full = nascent([...asked, '--workers', '1', '--out', out])
    expect(full.code, full.stderr).toBe(2)
    expect(oneSentence(full.stderr)).toHaveLength(1)
    expect(oneSentence(full.stderr)[0]).toMatch(/disk is full.*make room/)
    expect(mount('-o', 'remount,size=60m', folder)).toBe(true)
    const resumed = nascent(['resume', out, '--json'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(JSON.parse(resumed.stdout).trials).toEqual({ finished: 4, stopped: 0, failed: 0 })
  })

  it('a read-only disk is said in one sentence', () => {
    expect(mount('-o', 'remount,ro', folder)).toBe(true)
    for (const args of [
      [...asked, '--out', join(folder, 'other')],
      ['export', out, '--format', 'onnx'],
      ['resume', out, '--budget', '5trials'],
    ]) {
      const refused = nascent(args)
      expect(refused.code, refused.stderr).toBe(2)
      expect(oneSentence(refused.stderr).join()).toMatch(/read-only/)
    }
    // What is there can still be looked at.
    const shown = nascent(['show', out, '--json'])
    expect(shown.code, shown.stderr).toBe(0)
    expect(JSON.parse(shown.stdout).status).toBe('finished')
  })
})
