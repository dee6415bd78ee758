import type { Dataset } from '../data/dataset.ts'
import { meanSquaredError, softmaxCrossEntropy, type Tensor } from '../tensor/index.ts'
import type { TrainSettings } from './types.ts'

/** What of a data set training and evaluation need besides the records. */
export type TaskData = Pick<Dataset, 'task' | 'input' | 'classes' | 'targetScale' | 'normalization'>

/** How many numbers a target is: classes, or one. */
export const targetWidth = ({ task, classes }: Pick<TaskData, 'task' | 'classes'>): number =>
  task === 'classification' ? classes.length : 1

export const scaleOf = ({ targetScale }: Pick<TaskData, 'targetScale'>): { readonly mean: number; readonly deviation: number } =>
  targetScale ?? { mean: 0, deviation: 1 }

/**
 * The loss that training minimises, one number: cross-entropy on rows of probabilities, or mean squared error on standardised values.
 * @param output [N, targets]
 * @param targets [N, targets], as a BatchSource gives them
 */
export const trainingLoss = (
  { task }: Pick<TaskData, 'task'>,
  { labelSmoothing }: Pick<TrainSettings, 'labelSmoothing'>,
  output: Tensor,
  targets: Tensor,
): Tensor => (task === 'classification' ? softmaxCrossEntropy(output, targets, { labelSmoothing }) : meanSquaredError(output, targets))

/** Loss of a prediction that knows nothing: what a training that diverges is measured with. */
export const chanceLoss = (data: Pick<TaskData, 'task' | 'classes'>): number =>
  data.task === 'classification' ? Math.log(data.classes.length) : 1
