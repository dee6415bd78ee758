import type { Batch, Dataset } from '../data/dataset.ts'
import { buildNetwork, initialWeights, type Network, parameterSpecs, type Weights } from '../network/index.ts'
import {
  add,
  createTrainingProgram,
  type Device,
  input,
  mul,
  type Runtime,
  type SessionCache,
  type Tensor,
  type TrainingProgram,
  type TypedArray,
} from '../tensor/index.ts'
import { normalizeInput } from './normalize.ts'
import { targetWidth, trainingLoss } from './objective.ts'
import { optimizerOf } from './optimizer.ts'
import { trainingNetwork } from './training-network.ts'
import type { TrainSettings } from './types.ts'

export interface StepOptions {
  readonly runtime: Runtime
  readonly network: Network
  readonly dataset: Pick<Dataset, 'task' | 'input' | 'classes' | 'targetScale' | 'normalization'>
  readonly settings: TrainSettings
  readonly threads?: number
  readonly device?: Device
  /** Whether other processes compute beside this one. */
  readonly shared?: boolean
  readonly cache?: SessionCache
}

/** Examples in a batch, by its targets. */
export const batchSizeOf = (batch: Batch, dataset: Parameters<typeof targetWidth>[0]): number => batch.targets.length / targetWidth(dataset)

/** What a step is fed with. @param progress share of the training that is done, in [0, 1] */
export const stepFeeds = (
  { dropPath }: TrainSettings,
  { inputs, targets }: Batch,
  progress: number,
): Readonly<Record<string, TypedArray>> => ({
  inputs,
  targets,
  ...(dropPath ? { progress: Float32Array.of(progress) } : {}),
})

/** Weights to begin with: those given, and fresh ones for what they lack, such as an auxiliary head. */
export const firstWeights = (network: Network, settings: TrainSettings, initial: Weights = new Map()): Weights =>
  new Map([...initialWeights(trainingNetwork(network, settings).network, settings.seed), ...initial])

/**
 * Compiles one training step: normalisation, network, loss, gradients, update. Fed with what `stepFeeds` gives.
 * @param first any batch: its size and element type are those of all
 */
export function createStep({ network: plain, dataset, settings, ...session }: StepOptions, first: Batch): Promise<TrainingProgram> {
  const { network, auxiliary } = trainingNetwork(plain, settings)
  const size = batchSizeOf(first, dataset)
  const inputs = input('inputs', [size, ...network.input.shape], first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
  const targets = input('targets', [size, targetWidth(dataset)])
  const progress = settings.dropPath ? input('progress', []) : undefined
  const specs = parameterSpecs(network)
  return createTrainingProgram({
    ...session,
    inputs: progress ? [inputs, targets, progress] : [inputs, targets],
    parameters: specs.filter((spec) => spec.trained),
    statistics: specs.filter((spec) => !spec.trained),
    optimizer: optimizerOf(settings),
    clipNorm: settings.clipNorm,
    ema: settings.ema,
    seed: settings.seed,
    forward(get, noise) {
      const normal = normalizeInput(inputs, dataset.normalization, network.input)
      const { output, values, statistics } = buildNetwork(network, normal, get, { training: true, noise, progress })
      const loss = trainingLoss(dataset, settings, output, targets)
      const head = auxiliary === undefined ? undefined : trainingLoss(dataset, settings, values.get(auxiliary) as Tensor, targets)
      return { loss: head ? add(loss, mul(head, settings.auxiliary as number)) : loss, statistics }
    },
  })
}
