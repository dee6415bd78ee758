import { reduceSum, sqrt, square } from '../../tensor/index.ts'
import { defined, total, type ZeroCostScore } from './score.ts'

/**
 * Length of the loss's gradient with respect to each layer's weights, summed over the layers (Abdelfattah et al. 2021, arXiv:2101.08134). Larger is
 * expected to be better. 0 where nothing reaches the output.
 */
export const gradNorm: ZeroCostScore = {
  name: 'grad-norm',
  summary: "length of the loss's gradient, summed over the layers",
  paper: 'Abdelfattah et al. 2021, arXiv:2101.08134',
  outputs: (passes) => ({ gradNorm: passes.numbers((weight) => sqrt(reduceSum(square(passes.slope(weight))))) }),
  value: ({ parts }) => defined(total(parts('gradNorm'))),
}
