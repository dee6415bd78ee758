import type { Batch } from '../data/dataset.ts'
import { buildNetwork, type Network, type ParameterSpec, parameterSpecs } from '../network/index.ts'
import type { Architecture } from '../space/index.ts'
import { createTrainingProgram, type ForwardResult, input, type NoiseSource, type Tensor, type TrainingProgram } from '../tensor/index.ts'
import { normalizeInput } from '../train/normalize.ts'
import { targetWidth, trainingLoss } from '../train/objective.ts'
import { optimizerOf } from '../train/optimizer.ts'
import type { TrainSettings } from '../train/index.ts'
import { createStep } from '../train/program.ts'
import type { OneShotContext, Path } from './one-shot.ts'

/** How a path's step is computed, and from which shared tensors. */
export interface PathForm {
  /** Compiles a step. @param first any batch: its size and element type are those of all */
  createStep(context: OneShotContext, path: Path, settings: TrainSettings, first: Batch): Promise<TrainingProgram>
  /** Tensors that the step works on; default: the child's own. */
  readonly specsOf?: (network: Network, architecture: Architecture) => readonly ParameterSpec[]
  /** Whether its step can be that of one graph of all paths (SampledProgram), and which one. */
  readonly sampled?: 'plain' | 'judged'
  /** Under which name a tensor of a path is shared; default: its own. */
  readonly renamed?: (name: string, architecture: Architecture) => string
}

/** The child's own step. */
export const plainPaths: PathForm = {
  sampled: 'plain',
  createStep: (context, { network }, settings, first) => createStep({ ...context, network, settings }, first),
}

/** A path's tensors in a graph, and what its step is fed with. */
interface PathGraph {
  readonly inputs: Tensor
  readonly targets: Tensor
  readonly get: (name: string) => Tensor
  readonly noise: NoiseSource
  /** The raw records of a batch as the network takes them. */
  readonly normal: (raw: Tensor) => Tensor
}

/** A training step of a path with a forward pass of its own. @param more inputs besides `inputs` and `targets` that have the shape of `inputs` */
export function createPathStep(
  context: OneShotContext,
  { network, specs }: { readonly network: Network; readonly specs: readonly ParameterSpec[] },
  settings: TrainSettings,
  first: Batch,
  forward: (graph: PathGraph, ...more: readonly Tensor[]) => ForwardResult,
  more: readonly string[] = [],
): Promise<TrainingProgram> {
  const { dataset, space: _, openBatches: __, objectives: ___, share: ____, reward: _____, cache: ______, ...session } = context
  const size = first.targets.length / targetWidth(dataset)
  const raw = (name: string) => input(name, [size, ...network.input.shape], first.inputs instanceof Uint8Array ? 'uint8' : 'float32')
  const [inputs, targets, others] = [raw('inputs'), input('targets', [size, targetWidth(dataset)]), more.map(raw)]
  const normal = (values: Tensor): Tensor => normalizeInput(values, dataset.normalization, network.input)
  return createTrainingProgram({
    ...session,
    inputs: [inputs, targets, ...others],
    parameters: specs.filter((spec) => spec.trained),
    statistics: specs.filter((spec) => !spec.trained),
    optimizer: optimizerOf(settings),
    clipNorm: settings.clipNorm,
    seed: settings.seed,
    forward: (get, noise) => forward({ inputs, targets, get, noise, normal }, ...others),
  })
}

/**
 * A training step that also says what the network, before the step, makes of a second batch: `valid` [N, outputs], with that batch's own batch-norm
 * statistics. Fed with `inputs`, `targets`, `validInputs`.
 */
export const judgedPaths: PathForm = {
  sampled: 'judged',
  createStep(context, { network }, settings, first) {
    const forward = ({ inputs, targets, get, noise, normal }: PathGraph, validInputs: Tensor): ForwardResult => {
      const { output, statistics } = buildNetwork(network, normal(inputs), get, { training: true, noise })
      const valid = buildNetwork(network, normal(validInputs), get, { training: true }).output
      return { loss: trainingLoss(context.dataset, settings, output, targets), statistics, outputs: { valid } }
    }
    return createPathStep(context, { network, specs: parameterSpecs(network) }, settings, first, forward, ['validInputs'])
  },
}

/** A training step that also gives the outputs on its batch before the step: `output` [N, outputs]. */
export const tellingPaths: PathForm = {
  createStep(context, { network }, settings, first) {
    const forward = ({ inputs, targets, get, noise, normal }: PathGraph): ForwardResult => {
      const { output, statistics } = buildNetwork(network, normal(inputs), get, { training: true, noise })
      return { loss: trainingLoss(context.dataset, settings, output, targets), statistics, outputs: { output } }
    }
    return createPathStep(context, { network, specs: parameterSpecs(network) }, settings, first, forward)
  },
}
