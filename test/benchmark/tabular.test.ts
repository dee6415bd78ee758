import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runTabular, type TabularOptions } from '../../src/benchmark/node/index.ts'
import { comparisonHtml } from '../../src/benchmark/report.ts'
import { comparisonRows } from '../../src/benchmark/words.ts'
import { csv, rows, tinyFolder } from './tiny.ts'

const { at, write } = tinyFolder()
const space = `${at('tiny.ts')}#tiny`
const table = write('tiny.csv', csv(rows))
const usual: TabularOptions = {
  table,
  space,
  strategies: ['evolution'],
  signal: 'valid',
  truth: 'test',
  budget: 25,
  repeats: 6,
  workers: 1,
}

describe('bench tabular', () => {
  it('gives the same figures with any number of threads', async () => {
    const alone = await runTabular(usual)
    expect(Object.keys(alone.strategies)).toEqual(['random', 'evolution'])
    expect(alone.strategies.evolution.final.n).toBe(6)
    expect(await runTabular({ ...usual, workers: 3 })).toEqual(alone)
    expect(await runTabular({ ...usual, seed: 1 })).not.toEqual(alone)
  })

  it('reads CSV, JSON by record and JSON by architecture, packed or not, alike', async () => {
    const expected = await runTabular(usual)
    const records = rows.map(({ text, signal, truth }) => ({ architecture: text, valid: signal, test: truth }))
    const gz = at('tiny.json.gz')
    writeFileSync(gz, gzipSync(JSON.stringify(records)))
    const byKey = Object.fromEntries(rows.map(({ text, signal, truth }) => [text, { runs: [signal, truth], note: null }]))
    const keyed = write('keyed.json', JSON.stringify(byKey))
    expect((await runTabular({ ...usual, table: gz })).strategies).toEqual(expected.strategies)
    const named = { ...usual, table: keyed, signal: 'runs_1', truth: 'runs_2' }
    expect((await runTabular(named)).strategies).toEqual(expected.strategies)
  })

  it('sums up simulated time, takes the signal as truth where none is named, and leaves out rows without a number', async () => {
    const notes: string[] = []
    const gaps = write('gaps.csv', csv(rows).replace(/,16,16\.4/, ',,16.4'))
    const { truth, ...rest } = usual
    const result = await runTabular({ ...rest, table: gaps, seconds: 'hours', onNote: (note) => notes.push(note) })
    expect([truth, result.truth, result.rows, result.optimum.truth]).toEqual(['test', 'valid', 255, 15])
    expect(result.strategies.random.seconds).toBe(50)
    expect(notes.join(' ')).toMatch(/1 of 256 rows are left out.*255 of the 256 architectures/)
  })

  it('takes options for all strategies and for one', async () => {
    const set = async (settings: TabularOptions['settings']) => (await runTabular({ ...usual, settings })).strategies.evolution
    expect(await set({ 'evolution.population': 5, population: 9 })).toEqual(await set({ population: 5 }))
    expect(await set({ population: 5 })).not.toEqual(await set({ population: 9 }))
  })

  it('says the same in words and as a page', async () => {
    const result = await runTabular({ ...usual, strategies: ['random', 'local-search', 'exhaustive'], budget: 300 })
    const { head, rows: shown, notes } = comparisonRows(result)
    expect(head).toEqual(['strategy', 'test', 'rank', 'regret at 30', 'regret at 75', 'regret at 150', 'regret at 300', 'p'])
    expect(shown.map(([name]) => name).toSorted()).toEqual(['exhaustive', 'local-search', 'random'])
    expect(shown.map((row) => row.slice(1, 3))).toEqual(shown.map(() => ['16.400 ± 0.000', '1']))
    expect(notes.join(' ')).toMatch(/exhaustive ran out of proposals after 256 trials/)
    const html = comparisonHtml(result, '1.2.3')
    expect(html).toMatch(/<polygon class="band"/)
    expect(html).toContain('local-search')
    expect(html).not.toMatch(/NaN|Infinity|undefined|https?:\/\/(?!www\.w3\.org)/)
  })
})

describe('what is refused, in one sentence with the mend', () => {
  const refused: readonly (readonly [string, Partial<TabularOptions>, RegExp])[] = [
    ['a file that is not there', { table: 'nas-bench-210.csv' }, /no table "nas-bench-210\.csv".*nas-bench-201/],
    ['a column that is not there', { signal: 'vaild' }, /"vaild" \(--signal\).*Did you mean "valid".*architecture, valid, test, hours/],
    ['a column of words', { truth: 'architecture' }, /"architecture" \(--truth\).*no numbers.*valid, test, hours/],
    ['no signal', { signal: undefined }, /--signal.*valid, test, hours/],
    ['a space that the rows are not of', { space: 'nas-bench-201' }, /row 1 is no architecture of the space "nas-bench-201".*--space/],
    ['no space where none fits', { space: undefined }, /--space.*no ready space reads "a=1 b=1 c=1 d=1"/],
    ['an unknown strategy', { strategies: ['evolutoin'] }, /evolutoin.*"evolution"/],
    ['a strategy twice', { strategies: ['random', 'random'] }, /random is named twice/],
    ['an option that none has', { settings: { populaton: 3 } }, /populaton.*Did you mean "population"/],
    ['an option out of its range', { settings: { population: 1 } }, /population.*from 2/],
    ['an architecture column that is not there', { architecture: 'archs' }, /"archs" \(--architecture\).*architecture, valid/],
    ['a folder', { table: at('.') }, /is a folder/],
    [
      'two rows of one architecture',
      { table: write('twice.csv', `${csv(rows)}\n${rows[3].text},1,2,3`) },
      /rows 4 and 257 are the same architecture/,
    ],
    ['JSON that is none', { table: write('broken.json', '{"a": ') }, /no valid JSON/],
    ['JSON that is no table', { table: write('list.json', '[1, 2]') }, /holds no table/],
    [
      'no architecture column',
      { table: write('plain.csv', 'x,valid,test\n1,2,3\n'), architecture: undefined },
      /--architecture.*x, valid, test/,
    ],
  ]
  it.each(refused)('%s', async (_, options, words) => {
    await expect(runTabular({ ...usual, ...options })).rejects.toThrow(words)
  })

  it('a published table that is not here, with where to get it', async () => {
    const before = process.env.NASCENT_DATA
    process.env.NASCENT_DATA = at('nothing')
    try {
      const { signal, truth, space: _, ...rest } = usual
      expect([signal, truth]).toEqual(['valid', 'test'])
      await expect(runTabular({ ...rest, table: 'nas-bench-macro' })).rejects.toThrow(
        /nas-bench-macro is not at.*github\.com\/xiusu.*NASCENT_DATA/,
      )
    } finally {
      if (before === undefined) delete process.env.NASCENT_DATA
      else process.env.NASCENT_DATA = before
    }
  })
})

/** Published optima: NAS-Bench-201's test accuracies by its paper, NAS-Bench-Macro's by its data. */
const published: readonly (readonly [string, number, number, Partial<TabularOptions>])[] = [
  ['nas-bench-201', 15_625, 94.3733, {}],
  ['nas-bench-201', 15_625, 73.5133, { truth: 'c100_test_e200' }],
  ['nas-bench-201', 15_625, 47.3111, { truth: 'in16_test_e200' }],
  ['nas-bench-macro', 6561, 93.127, {}],
  ['trans-nas-bench-101', 4096, 45.586, {}],
]

const data = process.env.NASCENT_DATA ?? '../shared/data'

describe.skipIf(!existsSync(join(data, 'nas-bench-201')))('published tables (skipped without NASCENT_DATA)', () => {
  it.each(published)('%s: %d architectures, best %d', async (name, count, best, options) => {
    const result = await runTabular({ table: name, strategies: ['random'], budget: 20, repeats: 10, workers: 1, ...options })
    expect([result.table, result.space, result.rows]).toEqual([name, name, count])
    expect(result.optimum.truth).toBeCloseTo(best, 2)
    expect(result.truth).toBe(options.truth ?? result.truth)
    expect(result.signal.split('_')[0]).toBe(result.truth.split('_')[0])
  })
})
