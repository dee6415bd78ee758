import { addAll, gradients, mul, reduceSum, stopGradient } from '../../tensor/index.ts'
import { gated, layerOf } from './passes.ts'
import { defined, total, type ZeroCostScore } from './score.ts'

/**
 * How far the weights as a whole keep the gradient flowing: −Σ w · (H g), with the gradient g of the loss and its matrix of second derivatives H (Wang, Zhang
 * and Grosse 2020, arXiv:2002.07376; as a score of networks Abdelfattah et al. 2021, arXiv:2101.08134). The gradient is a graph and is differentiated
 * again, so H g is exact. Larger is expected to be better; of either sign. 0 where the loss depends on no weight.
 */
export const grasp: ZeroCostScore = {
  name: 'grasp',
  summary: 'how far the weights keep the gradient flowing (second derivatives)',
  paper: 'Wang, Zhang and Grosse 2020, arXiv:2002.07376',
  outputs(passes) {
    const { weights, model } = passes
    const slopes = weights.map(({ name }) => passes.slope(passes.get(name)))
    const products = weights.map(({ name }, i) => gated(reduceSum(mul(slopes[i], stopGradient(slopes[i]))), model.on(layerOf(name))))
    const curved = gradients(
      addAll(products),
      weights.map(({ name }) => passes.get(name)),
    )
    const places = new Map(weights.map(({ name }, i) => [name, i]))
    return { grasp: passes.numbers((weight, name) => reduceSum(mul(weight, curved[places.get(name) as number]))) }
  },
  // Not −0.
  value: ({ parts }) => defined(0 - total(parts('grasp'))),
}
