import { add, argMax, oneHot, reshape, stopGradient, sub, type Tensor } from '../tensor/index.ts'

/** One-hot at the largest of some weights, with the gradient of the weights themselves (Bengio et al. 2013, arXiv:1308.3432). */
export function straightThrough(sampled: Tensor, weights: Tensor = sampled): Tensor {
  const count = sampled.shape[0]
  const hard = reshape(oneHot(argMax(reshape(sampled, [1, count]), 1), count), [count])
  return add(stopGradient(sub(hard, weights)), weights)
}
