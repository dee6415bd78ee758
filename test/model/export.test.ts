import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeRow } from '../../src/data/table/encode.ts'
import { MemoryRecords } from '../../src/data/records.ts'
import type { TrainedModel } from '../../src/model/artifact.ts'
import { exportModel } from '../../src/model/export.ts'
import { modelInputs } from '../../src/model/interface.ts'
import { columnValue } from '../../src/model/raw-inputs.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { createEvaluator } from '../../src/train/index.ts'
import { columns, dense, mlp, modelOf, networkOf, picture, pictureData, tableData, tableRecords } from './fixtures.ts'
import { pythonCheck, pythonWith } from './python.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-export-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const classes = ['cat', 'a "quoted", dog', '<b>&amp;</b>', 'Wörter 漢']

async function expected({ network, weights, data }: TrainedModel, inputs: Uint8Array | Float32Array, count: number) {
  const targets = data.task === 'classification' ? new Int32Array(count) : new Float32Array(count)
  const runtime = await createNodeRuntime()
  const evaluator = await createEvaluator({ runtime, network, data, dtype: data.dtype, batchSize: count })
  const result = await evaluator.evaluate(weights, new MemoryRecords(inputs, targets, inputs.length / count))
  await evaluator.release()
  return result!
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])))
}

const python = pythonWith('onnx', 'onnxruntime')

describe('an exported model', () => {
  it('of images takes raw pixels in batches of any size and gives the probabilities of the network', async () => {
    const dataset = pictureData([3, 12, 10], classes, 64)
    const model = modelOf(picture(), dataset)
    await exportModel(model, at('image.onnx'))
    const session = await ort.InferenceSession.create(at('image.onnx'))
    for (const count of [1, 3, 64]) {
      const pixels = new Uint8Array(count * 360)
      dataset.test.readInputs(
        Array.from({ length: count }, (_, i) => i),
        pixels,
      )
      const { probabilities, label } = await session.run({ pixels: new ort.Tensor('uint8', pixels, [count, 3, 12, 10]) })
      const wanted = await expected(model, pixels, count)
      expect(probabilities.dims).toEqual([count, 4])
      expect(label.dims).toEqual([count])
      expect(furthest(probabilities.data as Float32Array, wanted.probabilities!)).toBeLessThan(1e-4)
      expect([...(label.data as unknown as string[])]).toEqual(Array.from(wanted.predictions, (c) => classes[c]))
    }
  })

  it.each(['classification', 'regression'] as const)(
    'of a table (%s) takes raw columns, with holes and unseen categories',
    async (task) => {
      const dataset = tableData(task, task === 'classification' ? classes : [])
      const model = modelOf(mlp(task === 'classification' ? 4 : 1), dataset)
      const path = at(`${task}.onnx`)
      await exportModel(model, path)
      const session = await ort.InferenceSession.create(path)
      const inputs = modelInputs(model.data)
      expect(inputs.map(({ name }) => name)).toEqual(['age', 'colour', 'when', 'column label', 'city'])
      expect(session.inputNames).toEqual(inputs.map(({ name }) => name))
      for (const count of [1, 3, 64]) {
        const rows = tableRecords(count)
        const feeds = Object.fromEntries(
          inputs.map((input) => {
            const { dtype, shape, data } = columnValue(
              input,
              rows.map((row) => row[input.column!.name]),
            )
            return [input.name, new ort.Tensor(dtype as 'float32', data as Float32Array, shape)]
          }),
        )
        const outputs = await session.run(feeds)
        const wanted = await expected(model, Float32Array.from(rows.flatMap((row) => [...encodeRow(columns, row)])), count)
        if (task === 'classification') {
          expect(furthest(outputs.probabilities.data as Float32Array, wanted.probabilities!)).toBeLessThan(1e-4)
          expect([...(outputs.label.data as unknown as string[])]).toEqual(Array.from(wanted.predictions, (c) => classes[c]))
        } else {
          expect(outputs.value.dims).toEqual([count])
          expect(furthest(outputs.value.data as Float32Array, wanted.predictions)).toBeLessThan(1e-4 * 400)
          expect(Math.max(...(wanted.predictions as Float32Array))).toBeGreaterThan(100)
        }
      }
    },
  )

  it('of a network that reads nothing of its input still has a batch', async () => {
    const network = networkOf({ shape: [1, 4, 4] }, 2, [
      ['none', { kind: 'zero' }],
      ['global', { kind: 'global-average-pool' }],
      ['head', dense(2)],
    ])
    await exportModel(modelOf(network, pictureData([1, 4, 4], ['a', 'b'])), at('zero.onnx'))
    const session = await ort.InferenceSession.create(at('zero.onnx'))
    const { probabilities } = await session.run({ pixels: new ort.Tensor('uint8', new Uint8Array(48), [3, 1, 4, 4]) })
    expect(probabilities.dims).toEqual([3, 2])
  })

  it('runs in ONNX Runtime for the web', async () => {
    const web = await import('onnxruntime-web')
    web.env.logLevel = 'fatal'
    const rows = tableRecords(2)
    const session = await web.InferenceSession.create(readFileSync(at('classification.onnx')))
    const inputs = modelInputs(modelOf(mlp(4), tableData('classification', classes)).data)
    const feeds = Object.fromEntries(
      inputs.map((input) => {
        const { dtype, shape, data } = columnValue(
          input,
          rows.map((row) => row[input.column!.name]),
        )
        return [input.name, new web.Tensor(dtype as 'float32', data as Float32Array, shape)]
      }),
    )
    const { label } = await session.run(feeds)
    for (const name of label.data as unknown as string[]) expect(classes).toContain(name)
  })

  it.skipIf(python === undefined)('passes ONNX’s own checker and gives the same in Python’s runtime', async () => {
    for (const name of ['image', 'classification', 'regression', 'zero']) {
      const report = pythonCheck(python!, at(`${name}.onnx`))
      expect(report.irVersion).toBeLessThanOrEqual(10)
      for (const [domain, version] of Object.entries(report.opsets)) {
        expect(['', 'ai.onnx', 'ai.onnx.ml']).toContain(domain)
        expect(version).toBeLessThanOrEqual(21)
      }
      expect(report.domains.filter((domain) => !['', 'ai.onnx.ml'].includes(domain))).toEqual([])
      expect(report.metadata.nascent_version).toBe('0.1.0')
    }
    const dataset = pictureData([3, 12, 10], classes, 64)
    const pixels = new Uint8Array(64 * 360)
    dataset.test.readInputs(
      Array.from({ length: 64 }, (_, i) => i),
      pixels,
    )
    const { probabilities } = pythonCheck(python!, at('image.onnx'), {
      pixels: { dtype: 'uint8', shape: [64, 3, 12, 10], data: [...pixels] },
    }).outputs
    const wanted = await expected(modelOf(picture(), dataset), pixels, 64)
    expect(furthest(probabilities.flat() as number[], wanted.probabilities!)).toBeLessThan(1e-4)

    const model = modelOf(mlp(4), tableData('classification', classes))
    const rows = tableRecords(64)
    const feeds = Object.fromEntries(
      modelInputs(model.data).map((input) => {
        const { dtype, shape, data } = columnValue(
          input,
          rows.map((row) => row[input.column!.name]),
        )
        return [
          input.name,
          { dtype, shape, data: Array.from(data as ArrayLike<number>, (value) => (typeof value === 'bigint' ? String(value) : value)) },
        ]
      }),
    )
    const table = pythonCheck(python!, at('classification.onnx'), feeds).outputs
    const inTable = await expected(model, Float32Array.from(rows.flatMap((row) => [...encodeRow(columns, row)])), 64)
    expect(furthest(table.probabilities.flat() as number[], inTable.probabilities!)).toBeLessThan(1e-4)
    expect(table.label).toEqual(Array.from(inTable.predictions, (c) => classes[c]))
  })

  it('is refused, and nothing is written, when it does not do what the network does', async () => {
    const model = modelOf(picture(), pictureData([3, 12, 10], classes))
    const runtime = await createNodeRuntime()
    // A runtime that computes the exported model a little wrong stands for a defect of the export.
    let sessions = 0
    const wrong = {
      ...runtime,
      async createSession(...args: Parameters<typeof runtime.createSession>) {
        const session = await runtime.createSession(...args)
        if (++sessions === 1) return session
        return {
          ...session,
          async run(...feeds: Parameters<typeof session.run>) {
            const outputs = await session.run(...feeds)
            return {
              ...outputs,
              probabilities: { ...outputs.probabilities, data: (outputs.probabilities.data as Float32Array).map((p) => p + 0.001) },
            }
          },
        }
      },
    }
    writeFileSync(at('kept.onnx'), 'before')
    await expect(exportModel(model, at('kept.onnx'), { runtime: wrong })).rejects.toThrow(/export is wrong/)
    expect(readFileSync(at('kept.onnx'), 'utf8')).toBe('before')
  })

  it('says in one sentence what to do when it cannot be written', async () => {
    const model = modelOf(picture(), pictureData([3, 12, 10], classes))
    writeFileSync(at('file'), 'x')
    await expect(exportModel(model, at('file/model.onnx'))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('model.onnx'),
    })
    mkdirSync(at('taken.onnx'))
    await expect(exportModel(model, at('taken.onnx'))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('is a folder'),
    })
  })
})
