import type { InputSpec, Task } from '../network/network.ts'
import { randomFor } from '../space/random.ts'
import { augmentImages, type ImageShape, mixup } from './augment.ts'
import type { Augmentation, Batch, BatchSource, Dataset, Normalization, Records } from './dataset.ts'
import { recordLength } from './records.ts'
import { permutation, sampleShare } from './split.ts'

export interface BatchOptions {
  readonly batchSize: number
  readonly seed: number
  readonly augmentation?: Augmentation
  /** Share of the training part to train on, above 0 and up to 1 (default); the same records for the same seed, each class kept. */
  readonly share?: number
}

/** What batches are made from; a data set is one (its training part is used). */
export interface BatchData {
  readonly kind: Dataset['kind']
  readonly task: Task
  readonly input: InputSpec
  readonly classes: readonly string[]
  readonly targetScale?: Dataset['targetScale']
  readonly normalization: Normalization
  readonly train: Records
}

/** Makes any batch of any epoch at once, in the calling thread. */
export interface BatchMaker {
  readonly batches: number
  readonly batchSize: number
  make(epoch: number, index: number): Batch
}

/**
 * Training batches of shape [batchSize, …input] in a seeded order. Batch (epoch, index) depends on the options and these two alone, never on
 * what was asked before. The last partial batch of an epoch is dropped; a batch size above the number of records is lowered to it.
 * Augmentation applies to images, mixup to images of a classification.
 */
export function batchMaker(data: BatchData, options: BatchOptions): BatchMaker {
  const { seed, augmentation = {} } = options
  if (!Number.isInteger(options.batchSize) || options.batchSize < 1)
    throw new RangeError(`A batch size is a whole number from 1, not ${options.batchSize}`)
  const members = sampleShare(data.train.targets, data.classes.length, options.share ?? 1, seed)
  if (members.length === 0) throw new RangeError('There are no training records to make batches of')
  const batchSize = Math.min(options.batchSize, members.length)
  const batches = Math.floor(members.length / batchSize)
  const length = recordLength(data.input)
  const image = data.kind === 'image' && data.train.dtype === 'uint8'
  const shape = data.input.shape as unknown as ImageShape
  const changes =
    image && Boolean(augmentation.flip || augmentation.crop || augmentation.cutout || augmentation.erasing || augmentation.jitter)
  const mixes = image && data.task === 'classification' && Boolean(augmentation.mixup)
  let order = new Uint32Array(0)
  let orderOf = -1

  return {
    batches,
    batchSize,
    make(epoch, index) {
      if (!(index >= 0 && index < batches)) throw new RangeError(`There is no batch ${index}: an epoch has ${batches}`)
      if (orderOf !== epoch) {
        order = permutation(members.length, randomFor(seed, 'order', epoch)) as Uint32Array<ArrayBuffer>
        orderOf = epoch
      }
      const indices = order.slice(index * batchSize, (index + 1) * batchSize).map((place) => members[place])
      const inputs = data.train.dtype === 'uint8' ? new Uint8Array(batchSize * length) : new Float32Array(batchSize * length)
      data.train.readInputs(indices, inputs)
      const targets = batchTargets(data, indices)
      if (changes || mixes) {
        const random = randomFor(seed, 'augment', epoch, index)
        if (changes) augmentImages(inputs as Uint8Array, shape, augmentation, data.normalization.mean, random)
        if (mixes) mixup(inputs as Uint8Array, targets, batchSize, augmentation.mixup as number, random)
      }
      return { inputs, targets }
    },
  }
}

/** Batches made when they are asked for, in the calling thread: for small data, for tests, and where there are no worker threads. */
export function inProcessBatches(data: BatchData, options: BatchOptions): BatchSource {
  const maker = batchMaker(data, options)
  return {
    batches: maker.batches,
    batchSize: maker.batchSize,
    batch: async (epoch, index) => maker.make(epoch, index),
    close: async () => {},
  }
}

/** One-hot rows [records, classes], or standardised values [records]. */
export function batchTargets(
  data: Pick<BatchData, 'task' | 'classes' | 'targetScale' | 'train'>,
  indices: ArrayLike<number>,
): Float32Array {
  const { targets } = data.train
  if (data.task === 'regression') {
    const { mean, deviation } = data.targetScale ?? { mean: 0, deviation: 1 }
    return Float32Array.from(indices, (index) => (targets[index] - mean) / deviation)
  }
  const width = data.classes.length
  const rows = new Float32Array(indices.length * width)
  for (let i = 0; i < indices.length; i++) rows[i * width + targets[indices[i]]] = 1
  return rows
}
