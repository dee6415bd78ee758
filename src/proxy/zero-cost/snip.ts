import { abs, mul, reduceSum } from '../../tensor/index.ts'
import { defined, total, type ZeroCostScore } from './score.ts'

/**
 * How much the loss depends on the presence of each weight: the sum of |w · ∂loss/∂w| (Lee, Ajanthan and Torr 2019, arXiv:1810.02340; as a score of
 * networks Abdelfattah et al. 2021, arXiv:2101.08134). Larger is expected to be better. 0 where the loss depends on no weight.
 */
export const snip: ZeroCostScore = {
  name: 'snip',
  summary: 'how much the loss depends on the presence of each weight',
  paper: 'Lee, Ajanthan and Torr 2019, arXiv:1810.02340',
  outputs: (passes) => ({ snip: passes.numbers((weight) => reduceSum(abs(mul(weight, passes.slope(weight))))) }),
  value: ({ parts }) => defined(total(parts('snip'))),
}
