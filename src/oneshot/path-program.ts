import type { Batch } from '../data/dataset.ts'
import { buildNetwork, type Network, parameterSpecs } from '../network/index.ts'
import { createTrainingProgram, input, type TrainingProgram } from '../tensor/index.ts'
import { normalizeInput } from '../train/normalize.ts'
import { targetWidth, trainingLoss } from '../train/objective.ts'
import { optimizerOf } from '../train/optimizer.ts'
import type { TrainSettings } from '../train/index.ts'
import type { OneShotContext } from './one-shot.ts'

/**
 * A training step of one path that also says what its network, before the step, makes of a second batch: `valid` [N, outputs], with that batch's own
 * batch-norm statistics. Fed with `inputs`, `targets`, `validInputs`.
 */
export function createJudgedStep(
  context: OneShotContext,
  network: Network,
  settings: TrainSettings,
  first: Batch,
): Promise<TrainingProgram> {
  const { dataset, space: _, openBatches: __, objectives: ___, share: ____, reward: _____, cache: ______, ...session } = context
  const size = first.targets.length / targetWidth(dataset)
  const raw = (name: string) => input(name, [size, ...network.input.shape], first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
  const [inputs, validInputs, targets] = [raw('inputs'), raw('validInputs'), input('targets', [size, targetWidth(dataset)])]
  const specs = parameterSpecs(network)
  return createTrainingProgram({
    ...session,
    inputs: [inputs, targets, validInputs],
    parameters: specs.filter((spec) => spec.trained),
    statistics: specs.filter((spec) => !spec.trained),
    optimizer: optimizerOf(settings),
    clipNorm: settings.clipNorm,
    seed: settings.seed,
    forward(get, noise) {
      const normal = (values: typeof inputs) => normalizeInput(values, dataset.normalization, network.input)
      const built = buildNetwork(network, normal(inputs), get, { training: true, noise })
      const valid = buildNetwork(network, normal(validInputs), get, { training: true }).output
      return { loss: trainingLoss(dataset, settings, built.output, targets), statistics: built.statistics, outputs: { valid } }
    },
  })
}
