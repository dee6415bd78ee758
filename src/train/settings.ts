import type { Augmentation, Dataset } from '../data/dataset.ts'
import { UserError } from '../errors.ts'
import type { TrainSettings } from './types.ts'

export type Hyperparameters = Readonly<Record<string, number | string>>

/** Named sets of augmentations, weakest first; sizes are for an image of this many pixels a side. */
const augmentations: Readonly<Record<string, (side: number) => Augmentation>> = {
  none: () => ({}),
  flip: () => ({ flip: true }),
  crop: (side) => ({ crop: cropOf(side) }),
  'flip-crop': (side) => ({ flip: true, crop: cropOf(side) }),
  cutout: (side) => ({ flip: true, crop: cropOf(side), cutout: Math.round(side / 2) }),
  mixup: (side) => ({ flip: true, crop: cropOf(side), mixup: 0.2 }),
}

export const augmentationNames: readonly string[] = Object.keys(augmentations)

/** An eighth of the side, as 4 pixels for 32. */
const cropOf = (side: number): number => Math.max(1, Math.round(side / 8))

const shorterSide = ({ input }: Pick<Dataset, 'input'>): number => Math.min(...input.shape.slice(1))

/** The augmentation of a name. @throws UserError naming those there are */
export function augmentationOf(name: string, dataset: Pick<Dataset, 'input' | 'kind'>): Augmentation {
  const make = augmentations[name]
  if (!make) throw new UserError(`There is no augmentation "${name}"; there are ${augmentationNames.join(', ')}.`)
  return dataset.kind === 'image' ? make(shorterSide(dataset)) : {}
}

/** About this many steps an epoch at least, so that small data still give an optimizer enough of them. */
const stepsPerEpoch = 20

function batchSizeFor(count: number, largest: number): number {
  const wanted = 2 ** Math.floor(Math.log2(Math.max(count / stepsPerEpoch, 1)))
  return Math.max(1, Math.min(count, Math.max(16, Math.min(largest, wanted))))
}

/** Fewer epochs than this over many records do not see enough of them to need shifted copies, which slow the beginning down. */
const fewEpochs = 12
const manyRecords = 10_000

const needsCrops = ({ train }: Pick<Dataset, 'train'>, epochs: number): boolean => train.count < manyRecords || epochs >= fewEpochs

/** Pictures whose mirror image shows the same: photographs do, characters do not. Grey pictures may be either, so they are left alone. */
const mayFlip = ({ name, input }: Pick<Dataset, 'name' | 'input'>): boolean => input.shape[0] === 3 || name === 'fashion-mnist'

/**
 * Settings that suit a data set, for whoever has no better: images by SGD with Nesterov momentum, tables and signals by AdamW, both with
 * a cosine after a warm-up.
 */
export function defaultSettings(
  dataset: Pick<Dataset, 'name' | 'kind' | 'task' | 'input' | 'train'>,
  overrides: Partial<TrainSettings> = {},
): TrainSettings {
  const common = {
    momentum: 0.9,
    nesterov: true,
    schedule: 'cosine',
    labelSmoothing: dataset.task === 'classification' ? 0.05 : 0,
    seed: 0,
  } as const
  if (dataset.kind === 'image') {
    const batchSize = batchSizeFor(dataset.train.count, 64)
    return {
      ...common,
      epochs: 20,
      batchSize,
      optimizer: 'sgd',
      // With the root of the batch: Krizhevsky, 2014, arXiv:1404.5997. Measured on digits (32 a batch) and fashion-mnist (64).
      learningRate: Number((0.12 * Math.sqrt(batchSize / 64)).toPrecision(3)),
      weightDecay: 5e-4,
      warmup: 0.1,
      clipNorm: 5,
      augmentation: {
        ...(mayFlip(dataset) ? { flip: true } : {}),
        ...(needsCrops(dataset, overrides.epochs ?? 20) ? { crop: cropOf(shorterSide(dataset)) } : {}),
      },
      ...overrides,
    }
  }
  return {
    ...common,
    epochs: 40,
    batchSize: batchSizeFor(dataset.train.count, 256),
    optimizer: 'adamw',
    learningRate: 2e-3,
    weightDecay: 1e-2,
    warmup: 0.05,
    clipNorm: 1,
    augmentation: {},
    ...overrides,
  }
}

const numbers: Readonly<Record<string, readonly [number, number]>> = {
  learningRate: [1e-8, 100],
  momentum: [0, 0.999],
  weightDecay: [0, 10],
  warmup: [0, 1],
  labelSmoothing: [0, 0.9],
  clipNorm: [1e-6, 1e6],
  ema: [0, 0.99999],
}
const words = { optimizer: ['sgd', 'adam', 'adamw'], schedule: ['constant', 'step', 'cosine'] } as const
/** Decisions that a space has already put into the network. */
const inNetwork = ['dropout']

/**
 * Settings with the hyper-parameters that a space searched: learningRate, momentum, weightDecay, batchSize, optimizer, schedule, warmup,
 * labelSmoothing, clipNorm, ema, augmentation (a name). `dropout` is part of the network already.
 * @throws UserError for a name or a value that is none
 */
export function withHyperparameters(
  settings: TrainSettings,
  hyperparameters: Hyperparameters,
  dataset: Pick<Dataset, 'input' | 'kind'>,
): TrainSettings {
  const changed: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(hyperparameters)) {
    if (inNetwork.includes(name)) continue
    if (name in numbers) changed[name] = numberIn(name, value, ...numbers[name])
    else if (name in words) changed[name] = oneOf(name, value, words[name as keyof typeof words])
    else if (name === 'batchSize') changed.batchSize = Math.round(numberIn(name, value, 1, 65536))
    else if (name === 'augmentation') changed.augmentation = augmentationOf(String(value), dataset)
    else
      throw new UserError(
        `The space has a hyper-parameter "${name}", but there are only ${[...Object.keys(numbers), ...Object.keys(words), 'batchSize', 'augmentation', ...inNetwork].join(', ')}.`,
      )
  }
  return { ...settings, ...(changed as Partial<TrainSettings>) }
}

function numberIn(name: string, value: number | string, low: number, high: number): number {
  const number = Number(value)
  if (!(number >= low && number <= high))
    throw new UserError(`The hyper-parameter ${name} must be a number from ${low} to ${high}, but is "${value}".`)
  return number
}

function oneOf(name: string, value: number | string, allowed: readonly string[]): string {
  if (!allowed.includes(String(value)))
    throw new UserError(`The hyper-parameter ${name} must be one of ${allowed.join(', ')}, but is "${value}".`)
  return String(value)
}
