import { abs, mul, reduceSum, type Tensor } from '../../tensor/index.ts'
import { defined, total, type ZeroCostScore } from './score.ts'

/**
 * How much of what goes in can reach the output: all weights replaced by their absolute values, an input of ones, no normalisation; the sum of |w · ∂R/∂w|
 * over the weights, R the sum of the outputs (Tanaka et al. 2020, arXiv:2006.05467; as a score of networks Abdelfattah et al. 2021, arXiv:2101.08134).
 * Needs no data. Its natural logarithm, which ranks alike: the sum itself has hundreds of digits in deep networks. −Infinity where no path joins
 * input and output.
 */
export const synflow: ZeroCostScore = {
  name: 'synflow',
  summary: 'how much of an input of ones can reach the output through absolute weights (logarithm)',
  paper: 'Tanaka et al. 2020, arXiv:2006.05467',
  outputs(passes) {
    const flow = passes.flow(abs)
    return {
      flow: passes.numbers((_, name) => {
        const { weight, slope } = flow.get(name) as { readonly weight: Tensor; readonly slope: Tensor }
        return reduceSum(mul(weight, slope))
      }),
    }
  },
  // No term is below 0: absolute values of weights and sums of their products.
  value: ({ parts, scale }) => defined(Math.log(total(parts('flow'))) - 2 * Math.log(scale)),
}
