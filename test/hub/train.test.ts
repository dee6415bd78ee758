import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/data/dataset.ts'
import { learnNormalization } from '../../src/data/normalize.ts'
import { MemoryRecords } from '../../src/data/records.ts'
import { spaces } from '../../src/hub/index.ts'
import { exportModel } from '../../src/model/export.ts'
import { initialWeights } from '../../src/network/index.ts'
import { randomFor } from '../../src/space/index.ts'
import type { Runtime } from '../../src/tensor/index.ts'
import { createNodeRuntime } from '../../src/tensor/node/index.ts'
import { defaultSettings } from '../../src/train/index.ts'
import { createStep } from '../../src/train/program.ts'
import { modelOf, noise, pictureData, tableData } from '../model/fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'nascent-hub-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let runtime: Runtime
beforeAll(async () => {
  runtime = await createNodeRuntime()
})

const classes = ['one', 'two', 'three']

function signalData(shape: readonly [number, number], count = 40): Dataset {
  const length = shape[0] * shape[1]
  const records = new MemoryRecords(
    noise(count * length, 5),
    Int32Array.from({ length: count }, (_, i) => i % classes.length),
    length,
  )
  const input = { shape }
  return {
    name: 'signals',
    kind: 'signal',
    task: 'classification',
    input,
    classes,
    normalization: learnNormalization(records, input),
    train: records,
    valid: records,
    test: records,
    notes: [],
  }
}

const datasets = { image: pictureData([3, 12, 10], classes), signal: signalData([2, 50]), table: tableData('classification', classes) }
const cases = spaces.flatMap((entry) => entry.kinds.map((kind) => [entry.name, kind, entry] as const))

describe('children of the ready spaces', () => {
  it.each(cases)('%s on data of the kind %s train a step and are exported', async (name, kind, entry) => {
    const dataset = datasets[kind]
    const space = entry.make()
    const seed = kind === 'signal' ? 1 : 2
    const architecture = space.sample(randomFor(seed, 'trained'))
    const network = space.child(architecture, { input: dataset.input, outputs: classes.length })
    const size = 8
    const inputs = new (dataset.train.dtype === 'uint8' ? Uint8Array : Float32Array)(size * dataset.input.shape.reduce((a, b) => a * b))
    const chosen = Array.from({ length: size }, (_, i) => i)
    dataset.train.readInputs(chosen, inputs)
    const targets = Float32Array.from({ length: size * classes.length }, (_, i) =>
      Math.floor(i / classes.length) % classes.length === i % classes.length ? 1 : 0,
    )
    const program = await createStep({ runtime, network, dataset, settings: defaultSettings(dataset), threads: 1 }, { inputs, targets })
    const weights = initialWeights(network, seed)
    program.load(weights)
    const { loss } = await program.step({ inputs, targets }, { learningRate: 0.01 })
    const trained = program.weights()
    await program.release()
    expect([space.print(architecture), Number.isFinite(loss)]).toEqual([expect.any(String), true])
    expect([...trained.keys()].sort()).toEqual([...weights.keys()].sort())
    expect([...trained].every(([, { data }]) => data.every(Number.isFinite))).toBe(true)
    expect([...trained].some(([key, { data }]) => data.some((value, i) => value !== weights.get(key)?.data[i]))).toBe(true)
    await exportModel(modelOf(network, dataset), join(folder, `${name}.onnx`), { runtime })
  })
})
