import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nascent } from './nascent.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-bad-input-'))
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  mkdirSync(at('empty'))
  mkdirSync(at('broken/a'), { recursive: true })
  writeFileSync(at('broken/a/x.png'), Buffer.from('\x89PNG broken', 'latin1'))
  mkdirSync(at('single/only'), { recursive: true })
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .png()
    .toBuffer()
  for (let i = 0; i < 12; i++) writeFileSync(at(`single/only/${i}.png`), picture)
  for (const name of ['p', 'q', 'r']) mkdirSync(at(`few/${name}`), { recursive: true })
  writeFileSync(at('few/p/1.png'), picture)
  writeFileSync(at('few/q/1.png'), picture)
  writeFileSync(at('table.csv'), 'a,b\n1,2\n3,4\n')
  writeFileSync(at('ragged.csv'), 'a,b,c\n1,2,x\n3,4\n5,6,y\n')
  writeFileSync(at('missing.csv'), `a,label\n${Array.from({ length: 20 }, (_, i) => `${i},`).join('\n')}\n`)
  writeFileSync(at('model.onnx'), 'garbage')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Arguments that must be refused, and words that the sentence must hold. */
const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a path that does not exist', ['fit', at('none')], /none/],
  ['an empty folder', ['fit', at('empty')], /empty/],
  ['a folder of one class with a broken picture', ['fit', at('broken')], /./],
  ['one class only', ['fit', at('single')], /class/],
  ['fewer examples than it takes', ['fit', at('few')], /./],
  ['a table without that column', ['fit', at('table.csv'), '--target', 'nope'], /nope.*\ba\b.*\bb\b/],
  ['a table and no target', ['fit', at('table.csv')], /--target/],
  ['ragged rows', ['fit', at('ragged.csv'), '--target', 'c'], /line 3|row 2|line 2|row 3/],
  ['a target that is all missing', ['fit', at('missing.csv'), '--target', 'label'], /label/],
  ['a budget that is none', ['fit', 'digits', '--budget', 'banana'], /banana.*10m/],
  ['an unknown space', ['search', 'digits', '--space', 'chian'], /chian.*chain/],
  ['an unknown strategy', ['search', 'digits', '--strategy', 'evolutoin'], /evolutoin.*evolution/],
  ['a warm start from a run that does not exist', ['search', 'digits', '--warm-start', 'nosuchrun'], /nosuchrun/],
  ['an unknown data set', ['search', 'digts'], /digts.*digits/],
  ['a run that does not exist (show)', ['show', 'nosuchrun'], /nosuchrun/],
  ['a run that does not exist (resume)', ['resume', 'nosuchrun'], /nosuchrun/],
  ['a run that does not exist (export)', ['export', 'nosuchrun', '--format', 'onnx'], /nosuchrun/],
  ['a run that does not exist (report)', ['report', 'nosuchrun'], /nosuchrun/],
  ['a model file that is none', ['predict', at('model.onnx'), at('table.csv')], /model\.onnx/],
  ['a number of workers below one', ['search', 'digits', '--workers', '-3'], /--workers/],
  ['a benchmark without a table', ['bench', 'tabular'], /--table/],
  ['a table that does not exist', ['bench', 'tabular', '--table', 'nas-bench-21'], /nas-bench-21.*nas-bench-201/],
  ['a table of no architectures', ['bench', 'tabular', '--table', at('table.csv')], /--architecture.*a, b/],
  ['an unknown part of a command', ['bench', 'tabullar'], /tabular/],
  ['an unknown command', ['frobnicate'], /frobnicate/],
  ['an unknown option', ['fit', 'digits', '--bugdet', '10s'], /--budget/],
  ['a device that does not work here', ['fit', 'digits', '--budget', '30s', '--device', 'cuda'], /cuda.*--device cpu/],
  ['an unknown device', ['fit', 'digits', '--device', 'abacus'], /cpu, webgpu, cuda/],
]

describe('bad input', () => {
  it.each(refused)('%s: one sentence and exit code 2', (_, args, words) => {
    const { code, stdout, stderr } = nascent(args, { cwd: folder, timeout: 60_000 })
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
  })

  it('leaves nothing behind', () => {
    const runs = readdirSync(folder).filter((name) => name === 'nascent-runs')
    expect(runs.flatMap((name) => readdirSync(at(name)))).toEqual([])
  })
})
