import type { ColumnEncoding, Dataset } from '../../src/data/dataset.ts'
import { MemoryRecords } from '../../src/data/records.ts'
import { encodedInput, encodeRow } from '../../src/data/table/encode.ts'
import { learnNormalization, learnTargetScale } from '../../src/data/normalize.ts'
import { summarizeData, takeExamples, type TrainedModel } from '../../src/model/artifact.ts'
import {
  initialWeights,
  type InputSpec,
  type Layer,
  type Network,
  type NetworkNode,
  networkCost,
  parameterSpecs,
  type Weights,
} from '../../src/network/index.ts'
import { normal, randomFor } from '../../src/space/random.ts'

/** Nodes in a row unless a node names what it reads. */
export function networkOf(input: InputSpec, outputs: number, nodes: readonly (readonly [string, Layer, (readonly string[])?])[]): Network {
  const all = nodes.map(
    ([path, layer, inputs], i): NetworkNode => ({ path, layer, inputs: inputs ?? [i === 0 ? 'input' : nodes[i - 1][0]] }),
  )
  return { input, outputs, nodes: all, output: all[all.length - 1].path }
}

export const conv = (channels: number, kernel = 3, options: { stride?: number; groups?: number; bias?: boolean } = {}): Layer => ({
  kind: 'convolution',
  channels,
  kernel,
  stride: options.stride ?? 1,
  dilation: 1,
  groups: options.groups ?? 1,
  bias: options.bias ?? false,
})
export const dense = (units: number, bias = true): Layer => ({ kind: 'dense', units, bias })
export const act = (activation: Extract<Layer, { kind: 'activation' }>['activation'] = 'relu'): Layer => ({
  kind: 'activation',
  activation,
})
export const norm: Layer = { kind: 'batch-norm' }

/** Every place that a batch norm can stand in: after convolutions, a sum, a pool, a dense layer, and first of all. */
export const picture = (shape: readonly number[] = [3, 12, 10], classes = 4): Network =>
  networkOf({ shape }, classes, [
    ['norm0', norm],
    ['stem', conv(8)],
    ['norm1', norm],
    ['relu1', act()],
    ['left', conv(8, 3, { groups: 8, bias: true })],
    ['same', { kind: 'identity' }],
    ['norm2', norm],
    ['sum', { kind: 'add' }, ['norm2', 'relu1']],
    ['norm3', norm],
    ['silu', act('silu')],
    ['down', conv(16, 3, { stride: 2 })],
    ['norm4', norm],
    ['again', conv(4, 1), ['down']],
    ['pool', { kind: 'max-pool', size: 3, stride: 1 }, ['norm4']],
    ['both', { kind: 'concat' }, ['pool', 'again']],
    ['global', { kind: 'global-average-pool' }],
    ['norm5', norm],
    ['drop', { kind: 'dropout', rate: 0.3 }],
    ['hidden', dense(12, false)],
    ['norm6', norm],
    ['gelu', act('gelu')],
    ['head', dense(classes)],
  ])

export const columns: readonly ColumnEncoding[] = [
  { name: 'age', kind: 'number', indicator: true },
  { name: 'colour', kind: 'category', values: ['red', 'gr"een, light', 'blué'] },
  { name: 'when', kind: 'date', format: 'ymd', parts: ['epoch', 'year', 'month', 'weekday', 'hour'], indicator: true },
  { name: 'label', kind: 'number', decimalComma: true },
  { name: 'city', kind: 'category', values: ['Bern', 'Rome'] },
]

export const mlp = (outputs: number): Network =>
  networkOf(encodedInput(columns), outputs, [
    ['embed', { kind: 'column-embedding', width: 3 }],
    ['norm0', norm],
    ['hidden', dense(24)],
    ['norm1', norm],
    ['relu', act()],
    ['head', dense(outputs)],
  ])

/** Weights as after training: statistics far from where they begin. */
export function randomWeights(network: Network, seed = 1): Weights {
  const initial = initialWeights(network, seed)
  const random = randomFor(seed, 'statistics')
  const uniform = (from: number, to: number): number => from + (to - from) * random.next()
  return new Map(
    parameterSpecs(network).map(({ name, shape }) => {
      const known = initial.get(name)!
      const last = name.slice(name.lastIndexOf('/') + 1)
      const draw = {
        scale: () => uniform(0.5, 1.5),
        shift: () => uniform(-0.5, 0.5),
        mean: () => uniform(-1, 1),
        variance: () => uniform(0.2, 3),
        bias: () => uniform(-0.5, 0.5),
      }
      const make = draw[last as keyof typeof draw]
      return [name, make ? { shape, data: Float32Array.from(known.data, make) } : known]
    }),
  )
}

const split = (records: MemoryRecords): Pick<Dataset, 'train' | 'valid' | 'test'> => ({ train: records, valid: records, test: records })

export function pictureData(shape: readonly number[], classes: readonly string[], count = 40): Dataset {
  const random = randomFor(3, 'pictures')
  const length = shape.reduce((a, b) => a * b, 1)
  const inputs = Uint8Array.from({ length: count * length }, () => Math.floor(random.next() * 256))
  const targets = Int32Array.from({ length: count }, (_, i) => i % classes.length)
  const records = new MemoryRecords(inputs, targets, length)
  const input = { shape }
  return {
    name: 'pictures',
    kind: 'image',
    task: 'classification',
    input,
    classes,
    normalization: learnNormalization(records, input),
    ...split(records),
    notes: ['2 files were skipped.'],
  }
}

export type TableRecord = Readonly<Record<string, string | null>>

export function tableRecords(count = 40): TableRecord[] {
  const random = randomFor(4, 'table')
  const choose = (values: readonly (string | null)[]): string | null => values[Math.floor(random.next() * values.length)]
  return Array.from({ length: count }, () => ({
    age: choose([null, (20 + 50 * random.next()).toFixed(2), String(Math.floor(random.next() * 90))]),
    colour: choose([null, 'red', 'gr"een, light', 'blué', 'never seen']),
    when: choose([
      null,
      '1969-12-31',
      '2000-02-29 13:45',
      '1899-03-01',
      '2024-12-31T23:59:00Z',
      `20${10 + Math.floor(random.next() * 20)}-0${1 + Math.floor(random.next() * 9)}-1${Math.floor(random.next() * 10)} 0${Math.floor(random.next() * 10)}:30`,
    ]),
    label: choose(['1,5', '-2', '0.25', 'NA']),
    city: choose(['Bern', 'Rome', 'Oslo', '']),
  }))
}

export function tableData(task: 'classification' | 'regression', classes: readonly string[] = []): Dataset {
  const rows = tableRecords()
  const input = encodedInput(columns)
  const inputs = Float32Array.from(rows.flatMap((row) => [...encodeRow(columns, row)]))
  const targets =
    task === 'classification' ? Int32Array.from(rows, (_, i) => i % classes.length) : Float32Array.from(rows, (_, i) => 1000 + 37 * i)
  const records = new MemoryRecords(inputs, targets, input.shape[0])
  const targetScale = task === 'regression' ? learnTargetScale(targets) : undefined
  return {
    name: 'table.csv',
    kind: 'table',
    task,
    input,
    classes,
    targetScale,
    columns,
    target: 'answer',
    normalization: learnNormalization(records, input),
    ...split(records),
    notes: [],
  }
}

export function modelOf(network: Network, dataset: Dataset, more: Partial<TrainedModel> = {}): TrainedModel {
  const { parameters, flops } = networkCost(network)
  return {
    version: '0.1.0',
    architecture: 'depth=2[conv(8), conv(16)]',
    space: 'chain',
    network,
    weights: randomWeights(network),
    data: summarizeData(dataset),
    metrics: { accuracy: 0.9, loss: 0.3, parameters, flops, latencyMs: 0.4 },
    curve: [],
    examples: takeExamples(dataset.test, dataset.input),
    ...more,
  }
}

export const noise = (length: number, seed: number): Float32Array => {
  const random = randomFor(seed, 'noise')
  return Float32Array.from({ length }, () => normal(random))
}
