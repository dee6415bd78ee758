import type { Batch, Dataset } from '../data/dataset.ts'
import { buildNetwork, type Network, parameterSpecs } from '../network/index.ts'
import { createTrainingProgram, type Device, input, type Runtime, type SessionCache, type TrainingProgram } from '../tensor/index.ts'
import { normalizeInput } from './normalize.ts'
import { targetWidth, trainingLoss } from './objective.ts'
import { optimizerOf } from './optimizer.ts'
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

/**
 * Compiles one training step: normalisation, network, loss, gradients, update. Fed with `inputs` (raw records) and `targets`.
 * @param first any batch: its size and element type are those of all
 */
export function createStep({ network, dataset, settings, ...session }: StepOptions, first: Batch): Promise<TrainingProgram> {
  const size = batchSizeOf(first, dataset)
  const inputs = input('inputs', [size, ...network.input.shape], first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
  const targets = input('targets', [size, targetWidth(dataset)])
  const specs = parameterSpecs(network)
  return createTrainingProgram({
    ...session,
    inputs: [inputs, targets],
    parameters: specs.filter((spec) => spec.trained),
    statistics: specs.filter((spec) => !spec.trained),
    optimizer: optimizerOf(settings),
    clipNorm: settings.clipNorm,
    ema: settings.ema,
    seed: settings.seed,
    forward(get, noise) {
      const built = buildNetwork(network, normalizeInput(inputs, dataset.normalization, network.input), get, { training: true, noise })
      return { loss: trainingLoss(dataset, settings, built.output, targets), statistics: built.statistics }
    },
  })
}
