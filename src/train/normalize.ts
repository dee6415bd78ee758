import type { Normalization } from '../data/dataset.ts'
import type { InputSpec } from '../network/network.ts'
import { cast, channelAffine, concat, constant, isNaN, mul, ShapeError, sliceAxis, sub, type Tensor, where } from '../tensor/index.ts'

/**
 * Raw records as a network wants them, in the graph: (x − mean) · scale for each channel, or for each numeric column, whose missing
 * values become 0; category codes stay.
 * @param raw [N, …input shape], uint8 or float32
 * @throws ShapeError when there is not one mean and scale for each channel or numeric column
 */
export function normalizeInput(raw: Tensor, { mean, scale }: Normalization, input: InputSpec): Tensor {
  const x = cast(raw, 'float32')
  const codes = input.categories?.length ?? 0
  const wanted = input.shape[0] - codes
  if (mean.length !== wanted || scale.length !== wanted) {
    throw new ShapeError(`normalization: ${mean.length} means and ${scale.length} scales for ${wanted} channels or numeric columns`)
  }
  if (input.shape.length > 1) return channelAffine(x, constant(scale), constant(mean.map((value, i) => -value * scale[i])))
  if (wanted === 0) return x
  const numbers = sliceAxis(x, 1, 0, wanted)
  const standard = mul(sub(numbers, constant(mean)), constant(scale))
  const filled = where(isNaN(numbers), 0, standard)
  return codes === 0 ? filled : concat([filled, sliceAxis(x, 1, wanted, wanted + codes)], 1)
}
