import { always, gradients } from '../../tensor/index.ts'
import { correlations, eigenvalues } from './matrices.ts'
import { flat } from './passes.ts'
import { defined, type ZeroCostScore } from './score.ts'

/** Added to eigenvalues, as published. */
const epsilon = 1e-5

/**
 * How differently the untrained network answers to small changes of different examples: the correlation matrix of the outputs' gradients with respect to each
 * input has the eigenvalues v, and the score is −Σ (log(v + ε) + 1 / (v + ε)) (the first version of Mellor et al. 2020, arXiv:2006.04647v1; as
 * in Abdelfattah et al. 2021, arXiv:2101.08134). Larger is expected to be better. −Infinity where an example's gradient is the same everywhere,
 * as where no path joins input and output. Wants more inputs than examples: else eigenvalues are 0 for every network, and rounding decides.
 */
export const jacobCov: ZeroCostScore = {
  name: 'jacob-cov',
  summary: 'how differently the outputs answer to changes of different examples',
  paper: 'Mellor et al. 2020, arXiv:2006.04647v1',
  outputs(passes) {
    const [slope] = gradients(passes.real.output, [passes.inputs])
    return { jacobian: [{ name: 'input', vector: flat(slope), on: always }] }
  },
  value({ parts, batch }) {
    const matrix = correlations(parts('jacobian').get('input') as Float32Array, batch)
    if (matrix === undefined) return -Infinity
    return defined(
      -eigenvalues(matrix, batch).reduce((sum, v) => sum + Math.log(Math.max(0, v) + epsilon) + 1 / (Math.max(0, v) + epsilon), 0),
    )
  },
}
