import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/data/index.ts'
import { encodeRow } from '../../src/data/table/encode.ts'
import { MemoryRecords } from '../../src/data/records.ts'
import type { TrainedModel } from '../../src/model/artifact.ts'
import { exportModel } from '../../src/model/export.ts'
import { predict, type Prediction, toCsv } from '../../src/model/predict.ts'
import { lowerDynamic, encodeModel, input, mul } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { createEvaluator } from '../../src/train/index.ts'
import { columns, mlp, modelOf, picture, pictureData, tableData, tableRecords } from './fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-predict-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const classes = ['cat', 'a "quoted", dog', 'line\nbreak', '10']
const image = modelOf(picture(), pictureData([3, 12, 10], classes))
const table = modelOf(mlp(4), tableData('classification', classes))
const values = modelOf(mlp(1), tableData('regression'))

const cell = (text: string | null): string => (text === null ? '' : /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const records = tableRecords(1100)
const csv = (names: readonly string[], rows = records): string =>
  [names.join(','), ...rows.map((row) => names.map((name) => cell(name in row ? row[name] : 'x y')).join(','))].join('\n')

async function wanted({ network, weights, data }: TrainedModel, inputs: Uint8Array | Float32Array, count: number) {
  const targets = data.task === 'classification' ? new Int32Array(count) : new Float32Array(count)
  const runtime = await createNodeRuntime()
  const evaluator = await createEvaluator({ runtime, network, data, dtype: data.dtype, batchSize: count })
  const result = await evaluator.evaluate(weights, new MemoryRecords(inputs, targets, inputs.length / count))
  await evaluator.release()
  return result!
}

const encoded = (rows: typeof records): Float32Array => Float32Array.from(rows.flatMap((row) => [...encodeRow(columns, row)]))

beforeAll(async () => {
  await exportModel(image, at('image.onnx'))
  await exportModel(table, at('table.onnx'))
  await exportModel(values, at('values.onnx'))
  mkdirSync(at('pictures/sub'), { recursive: true })
  const paint = (width: number, height: number, seed: number, channels: 1 | 3 = 3) =>
    sharp(
      Uint8Array.from({ length: width * height * channels }, (_, i) => (i * seed * 31) % 256),
      { raw: { width, height, channels } },
    )
  await paint(10, 12, 1).png().toFile(at('pictures/10.png'))
  await paint(40, 30, 2).jpeg().toFile(at('pictures/2.jpg'))
  await paint(9, 9, 3, 1).webp().toFile(at('pictures/sub/z.webp'))
  await paint(10, 12, 4).png().toFile(at('pictures/Zoo, "new".png'))
  writeFileSync(at('pictures/broken.png'), 'no picture')
  writeFileSync(at('pictures/notes.txt'), 'not a picture either')
  writeFileSync(at('broken.jpg'), readFileSync(at('pictures/2.jpg')).subarray(0, 200))
  writeFileSync(at('all.csv'), csv(['extra', 'city', 'when', 'answer', 'label', 'colour', 'age']))
  writeFileSync(at('few.csv'), csv(['age', 'colour', 'extra']))
})

describe('predicting on pictures', () => {
  it('gives a row a file, those of a folder by name, with the network’s own probabilities', async () => {
    const notes: string[] = []
    const rows = await predict(at('image.onnx'), [at('pictures/2.jpg'), at('pictures')], { onNote: (note) => notes.push(note) })
    const names = ['2.jpg', '10.png', '2.jpg', 'Zoo, "new".png', 'broken.png', 'sub/z.webp']
    expect(rows.map(({ input: name }) => name)).toEqual(names.map((name) => at(`pictures/${name}`)))
    for (const row of rows) {
      if (row.input.endsWith('broken.png')) {
        expect(row).toMatchObject({ prediction: '', error: expect.stringMatching(/./) })
        continue
      }
      const pixels = await decodeImage(row.input, [3, 12, 10])
      const { probabilities, predictions } = await wanted(image, pixels, 1)
      expect(row.prediction).toBe(classes[predictions[0]])
      for (const [k, name] of classes.entries()) expect(row.probabilities![name]).toBeCloseTo(probabilities![k], 4)
    }
    expect(rows[0].probabilities).toEqual(rows[2].probabilities)
    expect(notes).toEqual([expect.stringContaining('broken.png')])
  })

  it('writes CSV that reads back: a row an input, cells quoted where they must be', async () => {
    const rows = await predict(at('image.onnx'), [at('pictures')])
    const back = parse(toCsv(rows))
    expect(new Set(back[0])).toEqual(new Set(['input', 'prediction', ...classes]))
    expect(back[0].slice(0, 2)).toEqual(['input', 'prediction'])
    expect(back.slice(1).map(([name, prediction]) => [name, prediction])).toEqual(rows.map((row) => [row.input, row.prediction]))
    expect(
      back[1]
        .slice(2)
        .map(Number)
        .reduce((a, b) => a + b),
    ).toBeCloseTo(1, 4)
    expect(back.find(([name]) => name.endsWith('broken.png'))!.slice(1)).toEqual(['', '', '', '', ''])
  })

  it.each([
    ['a file that is not there', 'image.onnx', 'none.png', /none\.png/],
    ['a cut-off picture alone', 'image.onnx', 'broken.jpg', /broken\.jpg.*viewer/],
    ['a table', 'image.onnx', 'all.csv', /all\.csv is a table.*pictures/],
    ['a picture for a model of tables', 'table.onnx', 'pictures/2.jpg', /2\.jpg is a picture.*age, colour/],
    ['a folder without tables', 'table.onnx', 'pictures/sub', /no tables/],
  ])('refuses %s', async (_, model, path, words) => {
    await expect(predict(at(model), [at(path)])).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(words) })
  })
})

describe('predicting on tables', () => {
  it('gives a row a row, whatever other columns there are and in whatever order they come', async () => {
    const rows = await predict(at('table.onnx'), [at('all.csv')])
    const { probabilities, predictions } = await wanted(table, encoded(records), records.length)
    expect(rows).toHaveLength(records.length)
    expect(rows[1099].input).toBe(`${at('all.csv')}:1100`)
    expect(rows.map(({ prediction }) => prediction)).toEqual(Array.from(predictions, (c) => classes[c]))
    for (const [i, row] of rows.entries())
      for (const [k, name] of classes.entries()) expect(Math.abs(row.probabilities![name] - probabilities![i * 4 + k])).toBeLessThan(1e-4)
  })

  it('predicts values in the target’s unit, without class columns', async () => {
    const rows = await predict(at('values.onnx'), [at('all.csv'), at('all.csv')])
    const { predictions } = await wanted(values, encoded(records), records.length)
    expect(rows).toHaveLength(2 * records.length)
    for (const [i, value] of predictions.entries()) expect(Math.abs(Number(rows[i].prediction) - value)).toBeLessThan(0.05)
    expect(toCsv(rows.slice(0, 1))).toMatch(/^input,prediction\n[^,]*all\.csv:1,-?[\d.]+\n$/)
  })

  it('names the columns that a table lacks', async () => {
    await expect(predict(at('table.onnx'), [at('few.csv')])).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/few\.csv lacks the columns when, label, city.*it has age, colour, extra/),
    })
  })

  it('takes arrays of numbers for columns of numbers only', async () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 5), }`.padEnd(117) + '\n'
    const bytes = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from([header.length, 0]),
      Buffer.from(header),
      Buffer.alloc(20),
    ])
    writeFileSync(at('x.npy'), bytes)
    await expect(predict(at('table.onnx'), [at('x.npy')])).rejects.toMatchObject({ name: 'UserError' })
  })
})

describe('a model file that cannot be used', () => {
  it.each([0.02, 0.3, 0.5, 0.9, 0.999])('is refused when it is cut off at %f', async (share) => {
    const whole = readFileSync(at('image.onnx'))
    writeFileSync(at('cut.onnx'), whole.subarray(0, Math.floor(whole.length * share)))
    await expect(predict(at('cut.onnx'), [at('pictures')])).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('cut.onnx'),
    })
  })

  it('is refused when it is missing, empty, text, a folder, or of another program', async () => {
    writeFileSync(at('empty.onnx'), '')
    writeFileSync(at('text.onnx'), 'garbage')
    const foreign = lowerDynamic((n) => ({ y: mul(input('x', [n, 3]), 2) }), {})
    writeFileSync(at('foreign.onnx'), encodeModel(foreign))
    for (const [name, words] of [
      ['missing.onnx', /no file .*missing\.onnx/],
      ['empty.onnx', /empty\.onnx is damaged/],
      ['text.onnx', /text\.onnx is damaged/],
      ['pictures', /folder/],
      ['foreign.onnx', /not one that Nascent exported/],
    ] as const) {
      await expect(predict(at(name), [at('pictures')])).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(words) })
    }
  })
})

it('keeps class columns apart from what they are called', () => {
  const rows: Prediction[] = [
    {
      input: 'a',
      prediction: '__proto__',
      probabilities: Object.fromEntries([
        ['__proto__', 0.75],
        ['x', 0.25],
      ]),
    },
  ]
  expect(toCsv(rows)).toBe('input,prediction,__proto__,x\na,__proto__,0.75,0.25\n')
})
