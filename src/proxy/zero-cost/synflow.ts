import { abs } from '../../tensor/index.ts'
import { defined, type ZeroCostScore } from './score.ts'

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
  outputs: (passes) => ({ flow: passes.flow(abs) }),
  value({ parts, weights, scale }) {
    let sum = 0
    for (const [name, slopes] of parts('flow')) {
      const { data } = weights.get(name) as { readonly data: Float32Array }
      for (let i = 0; i < slopes.length; i++) sum += Math.abs(data[i] * slopes[i])
    }
    return defined(Math.log(sum) - 2 * Math.log(scale))
  },
}
