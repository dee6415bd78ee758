import { defined, type ZeroCostScore } from './score.ts'

/**
 * Length of the loss's gradient with respect to each layer's weights, summed over the layers (Abdelfattah et al. 2021, arXiv:2101.08134). Larger is
 * expected to be better. 0 where nothing reaches the output.
 */
export const gradNorm: ZeroCostScore = {
  name: 'grad-norm',
  summary: "length of the loss's gradient, summed over the layers",
  paper: 'Abdelfattah et al. 2021, arXiv:2101.08134',
  outputs: (passes) => passes.gradient(),
  value: ({ parts }) => defined([...parts('gradient').values()].reduce((sum, slopes) => sum + length(slopes), 0)),
}

function length(vector: Float32Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return Math.sqrt(sum)
}
