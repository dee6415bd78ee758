import { add, mul, neg, square, sub } from '../ops/arithmetic.ts'
import { reduceSum } from '../ops/broadcast.ts'
import { reduceMean } from '../ops/reduce.ts'
import { logSoftmax } from '../ops/softmax.ts'
import { shapeError, sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'

export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes, in [0, 1). Szegedy et al., 2015, arXiv:1512.00567. Default 0. */
  readonly labelSmoothing?: number
}

/**
 * Mean over the batch of − Σ target · log softmax(logits).
 * @param logits [N, classes]
 * @param targets [N, classes]: rows of probabilities (one-hot, or mixed)
 * @returns one number
 */
export function softmaxCrossEntropy(logits: Tensor, targets: Tensor, { labelSmoothing = 0 }: CrossEntropyOptions = {}): Tensor {
  if (logits.shape.length !== 2 || !sameShape(logits.shape, targets.shape)) {
    shapeError('softmaxCrossEntropy', 'wants logits and targets [N, classes]', [logits, targets])
  }
  const [examples, classes] = logits.shape as [number, number]
  const smooth = labelSmoothing === 0 ? targets : add(mul(targets, 1 - labelSmoothing), labelSmoothing / classes)
  return mul(neg(reduceSum(mul(smooth, logSoftmax(logits)))), 1 / examples)
}

/** Mean of the squared differences of all elements: one number. */
export function meanSquaredError(predictions: Tensor, targets: Tensor): Tensor {
  if (!sameShape(predictions.shape, targets.shape)) shapeError('meanSquaredError', 'shapes differ', [predictions, targets])
  return reduceMean(square(sub(predictions, targets)))
}
