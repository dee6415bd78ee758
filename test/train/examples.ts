import { type BatchOptions, type Dataset, inProcessBatches, MemoryRecords, type Records } from '../../src/data/index.ts'
import type { BatchSource } from '../../src/data/index.ts'
import { namedStream } from '../../src/network/random.ts'
import { defaultSettings, type TrainSettings } from '../../src/train/index.ts'
import type { Network } from '../../src/network/index.ts'
import { chain, conv, relu } from '../network/examples.ts'

type Part = readonly [records: number, seed: number]

/** Images of 6×6 with a bright row or a bright column somewhere, in noise: class 0 or 1. */
function stripes([count, seed]: Part): Records {
  const random = namedStream('stripes', seed)
  const inputs = new Uint8Array(count * 36)
  const targets = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    targets[i] = random.uniform() < 0.5 ? 0 : 1
    const at = Math.floor(random.uniform() * 6)
    for (let p = 0; p < 36; p++) {
      const bright = (targets[i] === 0 ? Math.floor(p / 6) : p % 6) === at
      inputs[i * 36 + p] = Math.floor(random.uniform() * 100) + (bright ? 150 : 0)
    }
  }
  return new MemoryRecords(inputs, targets, 36)
}

export const stripesData = (train = 160, valid = 50): Dataset => ({
  name: 'stripes',
  kind: 'image',
  task: 'classification',
  input: { shape: [1, 6, 6] },
  classes: ['row', 'column'],
  normalization: { mean: [75], scale: [1 / 60] },
  train: stripes([train, 1]),
  valid: stripes([valid, 2]),
  test: stripes([37, 3]),
  notes: [],
})

export const stripesNetwork: Network = chain([1, 6, 6], 2, [
  conv(8),
  { kind: 'batch-norm' },
  relu,
  { kind: 'max-pool', size: 2, stride: 2 },
  conv(8),
  { kind: 'batch-norm' },
  relu,
  { kind: 'global-average-pool' },
  { kind: 'dropout', rate: 0.1 },
  { kind: 'dense', units: 2, bias: true },
])

/** Rows of two numbers (some missing) and a category; the target is 100 + 20 a − 10 b + 5 [category 2]. */
function rows([count, seed]: Part): Records {
  const random = namedStream('rows', seed)
  const inputs = new Float32Array(count * 3)
  const targets = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const [a, b, code] = [random.normal(), random.normal(), Math.floor(random.uniform() * 3)]
    inputs.set([random.uniform() < 0.02 ? Number.NaN : 50 + 3 * a, b, code], i * 3)
    targets[i] = 100 + 20 * a - 10 * b + (code === 2 ? 5 : 0)
  }
  return new MemoryRecords(inputs, targets, 3)
}

export const rowsData = (): Dataset => ({
  name: 'rows',
  kind: 'table',
  task: 'regression',
  input: { shape: [3], categories: [3] },
  classes: [],
  targetScale: { mean: 101.5, deviation: 22 },
  normalization: { mean: [50, 0], scale: [1 / 3, 1] },
  train: rows([400, 1]),
  valid: rows([90, 2]),
  test: rows([91, 3]),
  notes: [],
})

export const rowsNetwork: Network = chain(
  [3],
  1,
  [{ kind: 'column-embedding', width: 3 }, { kind: 'dense', units: 16, bias: true }, relu, { kind: 'dense', units: 1, bias: true }],
  [3],
)

export const settingsFor = (dataset: Dataset, more: Partial<TrainSettings> = {}): TrainSettings =>
  defaultSettings(dataset, { epochs: 6, batchSize: 16, seed: 5, ...more })

export const batchesOf = (dataset: Dataset, settings: TrainSettings, more: Partial<BatchOptions> = {}): BatchSource =>
  inProcessBatches(dataset, { batchSize: settings.batchSize, seed: settings.seed, augmentation: settings.augmentation, ...more })
