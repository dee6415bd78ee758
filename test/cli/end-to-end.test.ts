import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { nascent } from './nascent.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-end-to-end-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Result {
  readonly run: string
  readonly best: { readonly architecture: string; readonly metrics: Readonly<Record<string, number>> }
  readonly test: Readonly<Record<string, number>>
  readonly trials: { readonly finished: number; readonly stopped: number; readonly failed: number }
  readonly seconds: number
  readonly files: readonly string[]
}

/** The shipped digits: 64 grey values (0 to 16) and the digit, a row each. */
const digits = gunzipSync(readFileSync(new URL('../../assets/digits/digits.csv.gz', import.meta.url)))
  .toString()
  .trim()
  .split('\n')
  .map((line) => line.split(',').map(Number))

function run(args: readonly string[]): Result {
  const { code, stdout, stderr } = nascent([...args, '--json'], { cwd: folder })
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Result
}

/** First column after the input of the CSV that predict prints. */
function predictions(model: string, input: string): string[] {
  const { code, stdout, stderr } = nascent(['predict', model, input], { cwd: folder })
  expect(code, stderr).toBe(0)
  const [head, ...rows] = stdout.trim().split('\n')
  expect(head.startsWith('input,prediction')).toBe(true)
  return rows.map((row) => row.split(',')[1])
}

/** Work that does not depend on the clock, so that a slow machine finds the same. */
const fixed = (fidelity: string, epochs: number): string[] => [
  '--budget',
  '4trials',
  '--fidelity',
  fidelity,
  '--final-epochs',
  String(epochs),
  '--seed',
  '1',
]
const agreement = (got: readonly string[], truth: readonly string[]): number =>
  got.filter((value, i) => value === truth[i]).length / truth.length
const file = (result: Result, name: string): string => {
  const found = result.files.find((path) => path.endsWith(name))
  expect(found).toBeDefined()
  expect(existsSync(found as string)).toBe(true)
  return found as string
}

describe('data in, a model out', () => {
  it('fits the digits within its budget and says all that the contract promises', () => {
    const began = Date.now()
    const result = run(['fit', 'digits', '--budget', '25s', '--seed', '1', '--out', at('fit')])
    expect((Date.now() - began) / 1000).toBeLessThan(25 * 1.5 + 10)
    expect(result.test.accuracy).toBeGreaterThan(0.8)
    expect(result.trials.finished).toBeGreaterThan(0)
    expect(result.trials.failed).toBe(0)
    for (const metric of ['accuracy', 'loss', 'parameters', 'flops', 'latencyMs'])
      expect(result.best.metrics[metric]).toBeGreaterThanOrEqual(0)
    file(result, 'model.onnx')
    expect(readFileSync(file(result, 'report.html'), 'utf8')).toContain('<html')

    const shown = JSON.parse(nascent(['show', at('fit'), '--json']).stdout) as {
      trials: { number: number; status: string; architecture: string }[]
    }
    expect(shown.trials.filter((trial) => trial.status === 'finished')).toHaveLength(result.trials.finished)
    expect(shown.trials.some((trial) => trial.architecture === result.best.architecture)).toBe(true)

    const trained = run(['train', at('fit'), 'digits', '--epochs', '3', '--out', at('again')])
    expect(trained.best.architecture).toBe(result.best.architecture)
    expect(trained.test.accuracy).toBeGreaterThan(0.5)

    rmSync(file(result, 'model.onnx'))
    rmSync(file(trained, 'report.html'))
    expect(nascent(['export', at('fit'), '--format', 'onnx']).code).toBe(0)
    expect(nascent(['report', at('again')]).code).toBe(0)
    file(result, 'model.onnx')
    file(trained, 'report.html')
  })

  it('deploys a cell deeper and wider, with what its paper adds to the training, which the model does not have', () => {
    const nodes = [1, 2, 3, 4, 5].map((i) => `n${i}a(inputs=0 s0=avg_pool_3x3) n${i}b(inputs=1 s1=skip_connect)`)
    const cell = ['train', `cell(${nodes.join(' ')})`, 'digits', '--space', 'pnas', '--stack', '3', '--channels', '4', '--epochs', '1']
    const deployed = run([...cell, '--out', at('deployed')])
    expect(readFileSync(file(deployed, 'model.onnx')).includes('auxiliary')).toBe(false)
    const [started] = nascent(['show', at('deployed'), '--events'])
      .stdout.trim()
      .split('\n')
    expect(JSON.parse(started)).toMatchObject({
      config: { space: 'pnas:cells=3,channels=4', regularization: { dropPath: 0.4, auxiliary: 0.4 } },
    })
    const refused = nascent(['train', 'resnet-20', 'digits', '--drop-path', '0.2', '--epochs', '1', '--out', at('refused')])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/needs a network of stacked cells/)])
  })

  it('trains a published network by its name', () => {
    const trained = run(['train', 'resnet-20', 'digits', '--epochs', '1', '--out', at('published')])
    expect(trained.best.metrics.parameters).toBe(272_186)
  })

  it('learns a folder of pictures and predicts ones it never saw', async () => {
    const truth: string[] = []
    mkdirSync(at('unseen'))
    for (const [i, row] of digits.slice(0, 700).entries()) {
      const picture = sharp(
        Uint8Array.from(row.slice(0, 64), (value) => Math.min(255, value * 16)),
        { raw: { width: 8, height: 8, channels: 1 } },
      )
      const name = `digit ${row[64]}`
      if (i % 5 === 0) {
        truth.push(name)
        await picture.png().toFile(at(`unseen/${String(i).padStart(4, '0')}.png`))
      } else {
        mkdirSync(at(`pictures/${name}`), { recursive: true })
        await picture.png().toFile(at(`pictures/${name}/${i}.png`))
      }
    }
    writeFileSync(at('pictures/digit 1/broken.png'), 'not a picture')
    const result = run(['search', at('pictures'), '--strategy', 'random', ...fixed('3ep', 20), '--out', at('folder')])
    expect(agreement(predictions(file(result, 'model.onnx'), at('unseen')), truth)).toBeGreaterThan(0.85)
  })

  it('learns a table with numbers, categories and holes, and predicts its rows', () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const x = ((i * 37) % 100) / 50 - 1
      const y = ((i * 61) % 100) / 50 - 1
      const colour = ['red', 'green', 'blue'][i % 3]
      const label = colour === 'red' ? x > 0 : x * y > 0
      return { cells: [i % 17 === 0 ? '' : x.toFixed(3), y.toFixed(3), colour], label: label ? 'yes' : 'no' }
    })
    const table = (part: typeof rows, target: boolean): string =>
      [`x,y,colour${target ? ',answer' : ''}`, ...part.map((row) => [...row.cells, ...(target ? [row.label] : [])].join(','))].join('\n')
    writeFileSync(at('table.csv'), table(rows.slice(0, 320), true))
    writeFileSync(at('new.csv'), table(rows.slice(320), false))
    const result = run(['search', at('table.csv'), '--target', 'answer', ...fixed('10ep', 60), '--out', at('table')])
    const got = predictions(file(result, 'model.onnx'), at('new.csv'))
    expect(
      agreement(
        got,
        rows.slice(320).map((row) => row.label),
      ),
    ).toBeGreaterThan(0.8)
  })

  it('finds out by itself that numbers are to be predicted', () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const a = ((i * 29) % 100) / 100
      const b = ((i * 71) % 100) / 100
      return `${a},${b},${(100 + 30 * a - 20 * b + ((i * 13) % 7) / 7).toFixed(4)}`
    })
    writeFileSync(at('regression.csv'), ['a,b,price', ...rows].join('\n'))
    const result = run(['search', at('regression.csv'), '--target', 'price', ...fixed('10ep', 60), '--out', at('regression')])
    expect(result.test.r2).toBeGreaterThan(0.9)
    expect(Number(predictions(file(result, 'model.onnx'), at('regression.csv'))[0])).toBeGreaterThan(50)
  })
})
