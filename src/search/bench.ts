import type { BatchOptions } from '../data/batches.ts'
import type { BatchSource, Dataset } from '../data/dataset.ts'
import type { Network } from '../network/index.ts'
import type { Architecture, SearchSpace } from '../space/types.ts'
import type { Device, Runtime, SessionCache } from '../tensor/index.ts'
import { type Reward, rewardMetric } from '../oneshot/index.ts'
import { defaultSettings, type TrainSettings, withHyperparameters } from '../train/index.ts'
import type { RunConfig } from './events.ts'

/** What networks are trained with and on: the same for all trials of a worker. */
export interface Bench {
  readonly runtime: Runtime
  readonly dataset: Dataset
  readonly space: SearchSpace
  /** The user's own measure of a trial, which becomes its metric `reward`. */
  readonly reward?: Reward
  readonly openBatches: (dataset: Dataset, options: BatchOptions) => BatchSource
  readonly threads: number
  /** Whether other processes compute beside this one. */
  readonly shared: boolean
  readonly device: Device
  readonly cache?: SessionCache
}

/** Units of a network's last layer on these data. */
export const outputsOf = ({ task, classes }: Pick<Dataset, 'task' | 'classes'>): number => (task === 'classification' ? classes.length : 1)

/** The network of an architecture on the bench's data. */
export const childOf = ({ space, dataset }: Bench, architecture: Architecture): Network =>
  space.child(architecture, { input: dataset.input, outputs: outputsOf(dataset) })

/** How an architecture is trained: what suits the data, then what the space searched. Every trial has the run's seed: equal architectures have equal results. */
export function settingsFor({ space, dataset }: Bench, architecture: Architecture, config: RunConfig, epochs: number): TrainSettings {
  const defaults = defaultSettings(dataset, { epochs, seed: config.seed, ...config.regularization })
  return withHyperparameters(defaults, space.hyperparameters(architecture), dataset)
}

/** Metrics of a trial with the user's own reward, where there is one. */
export const rewarded = ({ reward }: Pick<Bench, 'reward'>, metrics: Readonly<Record<string, number>>): Record<string, number> =>
  finite(reward ? { ...metrics, [rewardMetric]: reward(metrics) } : metrics)

/** Metrics as they are recorded: JSON has no infinities and no NaN. */
export function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)))
}
