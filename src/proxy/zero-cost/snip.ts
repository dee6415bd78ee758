import { defined, type ZeroCostScore } from './score.ts'

/**
 * How much the loss depends on the presence of each weight: the sum of |w · ∂loss/∂w| (Lee, Ajanthan and Torr 2019, arXiv:1810.02340; as a score of
 * networks Abdelfattah et al. 2021, arXiv:2101.08134). Larger is expected to be better. 0 where the loss depends on no weight.
 */
export const snip: ZeroCostScore = {
  name: 'snip',
  summary: 'how much the loss depends on the presence of each weight',
  paper: 'Lee, Ajanthan and Torr 2019, arXiv:1810.02340',
  outputs: (passes) => passes.gradient(),
  value({ parts, weights }) {
    let sum = 0
    for (const [name, slopes] of parts('gradient')) {
      const { data } = weights.get(name) as { readonly data: Float32Array }
      for (let i = 0; i < slopes.length; i++) sum += Math.abs(data[i] * slopes[i])
    }
    return defined(sum)
  },
}
