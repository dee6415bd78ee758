import { mul, reduceSum } from '../../tensor/index.ts'
import { flat } from './passes.ts'
import { defined, type ZeroCostScore } from './score.ts'

/**
 * How much the loss would change without each channel: for each channel of each convolution and dense layer, activation times its gradient, summed over the
 * extents, squared, averaged over the batch and halved; the sum over all channels (Turner et al. 2020, arXiv:1906.04113; as a score of networks
 * Abdelfattah et al. 2021, arXiv:2101.08134). Larger is expected to be better. 0 where the loss depends on no channel.
 */
export const fisher: ZeroCostScore = {
  name: 'fisher',
  summary: 'how much the loss would change without each channel',
  paper: 'Turner et al. 2020, arXiv:1906.04113',
  outputs(passes) {
    const channels = passes.weighing.flatMap(({ path }) => {
      const value = passes.real.values.get(path)
      if (value === undefined) return []
      const space = value.shape.map((_, axis) => axis).slice(2)
      const product = mul(value, passes.slope(value))
      return [{ name: path, vector: flat(space.length > 0 ? reduceSum(product, space) : product), on: passes.model.on(path) }]
    })
    return { channels }
  },
  value({ parts, batch }) {
    let sum = 0
    for (const effects of parts('channels').values()) for (const effect of effects) sum += effect * effect
    return defined(sum / (2 * batch))
  },
}
