import { add, argMax, mul, oneHot, reshape, stopGradient, sub, type Tensor } from '../tensor/index.ts'

const largest = (sampled: Tensor): Tensor => {
  const count = sampled.shape[0]
  return reshape(oneHot(argMax(reshape(sampled, [1, count]), 1), count), [count])
}

/** One-hot at the largest of some weights, with the gradient of the weights themselves (Bengio et al. 2013, arXiv:1308.3432). */
export function straightThrough(sampled: Tensor, weights: Tensor = sampled): Tensor {
  return add(stopGradient(sub(largest(sampled), weights)), weights)
}

/** The same, but only the drawn weight has a gradient: what was not drawn is not judged by what it would have added. */
export const straightThroughDrawn = (sampled: Tensor): Tensor => mul(stopGradient(largest(sampled)), straightThrough(sampled))
