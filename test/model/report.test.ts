import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/data/dataset.ts'
import { MemoryRecords } from '../../src/data/records.ts'
import type { TrainedModel } from '../../src/model/artifact.ts'
import { exportModel } from '../../src/model/export.ts'
import { predict } from '../../src/model/predict.ts'
import type { ReportData, ReportTrial } from '../../src/model/report-data.ts'
import { reportHtml, writeReport } from '../../src/model/report.ts'
import { commandLine } from '../../src/model/report/reproduce.ts'
import { usageSnippets } from '../../src/model/report/usage.ts'
import { summarizeTest } from '../../src/model/test-result.ts'
import type { Layer, Network } from '../../src/network/index.ts'
import { evaluate } from '../../src/train/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { conv, dense, mlp, modelOf, networkOf, noise, picture, pictureData, randomWeights, tableData } from './fixtures.ts'
import { parseHtml } from './html.ts'
import { pythonWith } from './python.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-report-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hostile = ['<script>alert(1)</script>', `" onmouseover="alert(2)`, "' & `x` </style>", 'Wörter 漢\n2']

const curve = [1, 2, 3].map((epoch) => ({
  epoch,
  step: epoch * 10,
  trainLoss: 1 / epoch,
  validLoss: epoch === 2 ? Number.NaN : 1.2 / epoch,
  metrics: { accuracy: 0.5 + epoch / 10, r2: 0.1 * epoch },
  seconds: 1,
}))

const noMetrics: Readonly<Record<string, number>> = {}
const metricsOf = (metric: string, number: number): Readonly<Record<string, number>> => ({
  [metric]: 0.5 + ((number * 37) % 40) / 100,
  parameters: 1000 + ((number * 53) % 100) * 500,
  flops: 1e6 + number,
  latencyMs: 0.1 + ((number * 11) % 7) / 10,
})

const trials = (metric: string, architecture: string): ReportTrial[] =>
  Array.from({ length: 30 }, (_, number) => ({
    number,
    architecture: number === 17 ? architecture : `depth=${number} ${hostile[0]}`,
    status: number % 7 === 3 ? 'failed' : 'finished',
    metrics: number % 7 === 3 ? noMetrics : metricsOf(metric, number),
    epochs: 3,
    origin: 'mutation',
    finishedAt: new Date(1.7e12 + number * 1000).toISOString(),
  }))

async function tested(network: Network, dataset: Dataset, more: Partial<TrainedModel> = {}): Promise<TrainedModel> {
  const model = modelOf(network, dataset, { curve, ...more })
  const evaluation = await evaluate({ runtime: await createNodeRuntime(), network, weights: model.weights, dataset })
  return { ...model, test: summarizeTest(dataset, evaluation) }
}

const reportOf = (model: TrainedModel, metric = 'accuracy'): ReportData => ({
  model,
  trials: trials(metric, model.architecture),
  run: {
    run: 'brave-otter',
    version: '0.1.0',
    command: 'search',
    data: "photos of 'cats'",
    space: 'chain',
    strategy: 'evolution',
    objectives: [{ metric, direction: 'maximize' }],
    budget: { trials: 30 },
    fidelity: { epochs: 3 },
    workers: 1,
    deterministic: false,
    seed: 7,
    device: 'cpu',
    seconds: 299,
  },
})

/** As a differentiable method leaves it. */
const withSharedWeights = (data: ReportData): ReportData => ({
  ...data,
  run: {
    ...data.run,
    strategy: 'darts',
    finalWeights: 'scratch',
    sharedWeights: [1, 2, 3].map((epoch) => ({
      epoch,
      step: 10 * epoch,
      trainLoss: 2 / epoch,
      metrics: { entropy: 1 - epoch / 10, skips: epoch },
      alphas: { [`cell/${hostile[0]}`]: { none: 0.5 - epoch / 10, skip_connect: 0.5 + epoch / 10 } },
      ...(epoch === 2 ? { warning: '4 of 6 choices lean to the skip connection' } : {}),
    })),
  },
})

const pictures = await tested(picture([3, 12, 10], 4), pictureData([3, 12, 10], hostile))
const table = await tested(mlp(4), tableData('classification', hostile))
const values = await tested(mlp(1), tableData('regression'))

const signalData = (): Dataset => {
  const records = new MemoryRecords(
    noise(20 * 32, 1),
    Int32Array.from({ length: 20 }, (_, i) => i % 2),
    32,
  )
  return {
    name: 'waves',
    kind: 'signal',
    task: 'classification',
    input: { shape: [2, 16] },
    classes: ['up', 'down'],
    normalization: { mean: [0, 0], scale: [1, 1] },
    train: records,
    valid: records,
    test: records,
    notes: [],
  }
}
const signalNetwork = networkOf({ shape: [2, 16] }, 2, [
  ['c', conv(4)],
  ['g', { kind: 'global-average-pool' }],
  ['d', dense(2)],
])

describe('a report', () => {
  const cases: [string, () => Promise<ReportData>][] = [
    ['pictures', async () => reportOf(pictures)],
    ['a table', async () => reportOf(table)],
    ['values', async () => reportOf(values, 'r2')],
    ['signals', async () => reportOf(await tested(signalNetwork, signalData()))],
    ['shared weights', async () => withSharedWeights(reportOf(pictures))],
    ['a run without trials, test or curve', async () => ({ ...reportOf({ ...pictures, test: undefined, curve: [] }), trials: [] })],
    [
      'a hundred classes',
      async () => {
        const classes = Array.from({ length: 100 }, (_, i) => `class ${i}`)
        return reportOf(await tested(picture([1, 8, 8], 100), pictureData([1, 8, 8], classes, 300)))
      },
    ],
    [
      'one epoch, equal trials and no mistakes',
      async () => {
        const test = {
          count: 40,
          metrics: { accuracy: 1, loss: 0 },
          confusion: [
            [20, 0],
            [0, 20],
          ],
          mistakes: [],
        }
        const model = modelOf(picture([1, 8, 8], 2), pictureData([1, 8, 8], ['a', 'b']), { curve: curve.slice(0, 1), test })
        return {
          ...reportOf(model),
          trials: trials('accuracy', '').map((trial) => ({ ...trial, metrics: { accuracy: 0.5, parameters: 10 } })),
        }
      },
    ],
  ]

  it.each(cases)('of %s is well-formed, self-contained and accessible', async (_, data) => {
    const html = await reportHtml(await data())
    const { elements, text } = parseHtml(html)
    // Nothing is fetched: no script, no link, and what has a source holds it itself.
    expect(elements.filter(({ name }) => ['script', 'link', 'iframe', 'object', 'embed', 'base', 'form'].includes(name))).toEqual([])
    for (const { attributes } of elements) {
      for (const [key, value] of Object.entries(attributes)) {
        expect(key).not.toMatch(/^on/i)
        if (['src', 'href', 'data', 'action', 'srcset'].includes(key)) expect(value).toMatch(/^(#|data:image\/png;base64,)/)
      }
    }
    expect(html.match(/https?:|url\(|@import/g)).toBeNull()
    expect(html.replace(/<code>[^<]*<\/code>/g, '').match(/.{30}(undefined|NaN|\[object|Infinity).{30}/g)).toBeNull()
    expect(text).toContain('In short')
    // One first heading, no level left out, each image with a text, each link with a target.
    const levels = elements.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [i, level] of levels.entries()) if (i > 0) expect(level - levels[i - 1]).toBeLessThanOrEqual(1)
    for (const { name, attributes } of elements) {
      if (name === 'img') expect(attributes.alt).toMatch(/./)
      if (name === 'svg') expect(attributes['aria-label']).toMatch(/./)
    }
    const ids = elements.flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of elements) if (attributes.href?.startsWith('#')) expect(ids).toContain(attributes.href.slice(1))
  })

  it('shows hostile names as they are, and as nothing else', async () => {
    const html = await reportHtml(
      reportOf({
        ...pictures,
        architecture: `x=${hostile[1]}${hostile[0]}`,
        data: { ...pictures.data, name: hostile[0], notes: [hostile[2]] },
      }),
    )
    const { texts, elements } = parseHtml(html)
    for (const name of hostile) expect(texts).toContain(name)
    expect(elements.some(({ name }) => name === 'script')).toBe(false)
    expect(html.includes('<script')).toBe(false)
  })

  it('says what the figures say', async () => {
    const confusion = [
      [45, 5],
      [2, 48],
    ]
    const test = { count: 100, metrics: { accuracy: 0.93, loss: 0.2 }, confusion, mistakes: [] }
    const model = modelOf(picture([1, 8, 8], 2), pictureData([1, 8, 8], ['cat', 'dog']), { test })
    const { text } = parseHtml(await reportHtml(reportOf(model)))
    expect(text).toContain('It is right in 93 of 100 pictures it never saw.')
    // statsmodels: proportion_confint(93, 100, method='wilson') is 0.86254, 0.96567.
    expect(text.replaceAll('\u00a0', ' ')).toContain('between 86.3 % and 96.6 %')
    expect(text.replaceAll('\u00a0', ' ')).toContain('most frequent class would be right in 50 %')
    expect(text).toMatch(/finds dog best \(96.%.*and cat worst \(90.%/s)
    expect(text).toContain('to take cat for dog (5 times)')
    expect(text).toContain('tried 26 networks of its own design (4 failed) in 4 min 59 s')
  })

  it('says how shared weights were trained and choices made', async () => {
    const { text, elements } = parseHtml(await reportHtml(withSharedWeights(reportOf(pictures))))
    expect(text).toContain('Noticed in record 2: 4 of 6 choices lean to the skip connection.')
    expect(text).toContain('each was given its part of the shared weights')
    const strips = elements.filter(({ name, attributes }) => name === 'rect' && attributes.height === '13')
    expect(strips.map(({ attributes }) => attributes.opacity)).toEqual(['0.40', '0.30', '0.20', '0.60', '0.70', '0.80'])
  })

  it('holds mistakes as pictures, the surest first', async () => {
    const { elements } = parseHtml(await reportHtml(reportOf(pictures)))
    const images = elements.filter(({ name }) => name === 'img')
    expect(images).toHaveLength(pictures.test!.mistakes.length)
    const confidences = pictures.test!.mistakes.map(({ confidence }) => confidence!)
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a))
    const { data, info } = await sharp(Buffer.from(images[0].attributes.src.split(',')[1], 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 10, height: 12, channels: 3 })
    const wanted = pictures.test!.mistakes[0].input
    expect([...data].every((value, i) => value === wanted[(i % 3) * 120 + Math.floor(i / 3)])).toBe(true)
  })

  it('is written as a file', async () => {
    await writeReport(reportOf(pictures), at('report.html'))
    expect(readFileSync(at('report.html'), 'utf8')).toBe(await reportHtml(reportOf(pictures)))
  })
})

describe('the test part', () => {
  it('counts what the evaluation counted', () => {
    const { confusion, metrics, count, mistakes } = pictures.test!
    const flat = confusion!.flat()
    expect(flat.reduce((a, b) => a + b)).toBe(count)
    const right = confusion!.reduce((sum, row, k) => sum + row[k], 0)
    expect(metrics.accuracy).toBeCloseTo(right / count, 9)
    for (const { truth, predicted } of mistakes) expect(truth).not.toBe(predicted)
    expect(mistakes.length).toBeLessThanOrEqual(count - right)
  })

  it('keeps the largest errors of values, the largest first', () => {
    const { mistakes, points } = values.test!
    const errors = mistakes.map(({ truth, predicted }) => Math.abs(Number(truth) - Number(predicted)))
    expect(errors).toEqual(errors.toSorted((a, b) => b - a))
    expect(errors[0]).toBeCloseTo(Math.max(...points!.map(([truth, predicted]) => Math.abs(truth - predicted))), 2)
  })
})

describe('how to use it', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const run = (command: string, args: readonly string[], code: string): string => {
    const { status, stdout, stderr } = spawnSync(command, [...args, code], { cwd: root, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return stdout
  }
  const codeFor = (model: TrainedModel, title: string, file: string): string =>
    usageSnippets(model.data)
      .find((snippet) => snippet.title === title)!
      .code.replace('model.onnx', at(file))
      .replace('picture.png', at('picture.png'))
  const python = pythonWith('onnxruntime', 'numpy')
  const pillow = pythonWith('onnxruntime', 'numpy', 'PIL')

  it('works in Node.js as it is written, for pictures and tables', async () => {
    const grey = await tested(picture([1, 8, 8], 2), pictureData([1, 8, 8], ['up', 'down']))
    await sharp(
      Uint8Array.from({ length: 20 * 30 * 3 }, (_, i) => (i * 7) % 256),
      { raw: { width: 20, height: 30, channels: 3 } },
    )
      .png()
      .toFile(at('picture.png'))
    for (const [name, model] of Object.entries({ colour: pictures, grey })) {
      await exportModel(model, at(`${name}.onnx`))
      const [{ prediction }] = await predict(at(`${name}.onnx`), [at('picture.png')])
      expect(run(process.execPath, ['--input-type=module', '-e'], codeFor(model, 'Node.js', `${name}.onnx`))).toContain(String(prediction))
    }
    for (const [name, model] of Object.entries({ table, values })) {
      await exportModel(model, at(`${name}.onnx`))
      expect(run(process.execPath, ['--input-type=module', '-e'], codeFor(model, 'Node.js', `${name}.onnx`))).toMatch(/./)
    }
  })

  it.skipIf(python === undefined)('works in Python as it is written, for tables', () => {
    expect(run(python!, ['-c'], codeFor(values, 'Python', 'values.onnx'))).toMatch(/^-?\d+\.\d+/)
    expect(hostile.some((name) => run(python!, ['-c'], codeFor(table, 'Python', 'table.onnx')).includes(name))).toBe(true)
  })

  it.skipIf(pillow === undefined)('works in Python as it is written, for pictures', () => {
    expect(hostile.some((name) => run(pillow!, ['-c'], codeFor(pictures, 'Python', 'colour.onnx')).includes(name))).toBe(true)
  })

  it('gives a command that a shell reads as meant', () => {
    expect(commandLine(reportOf(pictures).run)).toBe(
      `nascent search 'photos of '\\''cats'\\''' --space chain --strategy evolution --budget 30trials --seed 7`,
    )
  })
})

it('draws a network of thousands of layers without giving up', async () => {
  const layers = Array.from({ length: 2500 }, (_, i): readonly [string, Layer] => [
    `stage${Math.floor(i / 100)}/${i % 100}/dense`,
    dense(4),
  ])
  const network = networkOf({ shape: [4] }, 2, [...layers, ['head', dense(2)]])
  const { elements } = parseHtml(await reportHtml(reportOf({ ...table, network, weights: randomWeights(network) })))
  expect(elements.filter(({ attributes }) => attributes.class?.startsWith('box ')).length).toBeGreaterThan(20)
})
