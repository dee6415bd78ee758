import type { OnnxAttributes } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import type { After } from './rule.ts'

/** The operator that dense, depthwise and affine passes come down to: activation(conv(x, filter) + bias + sum). */
export function emitConv(
  values: BlockedValues,
  x: string,
  filter: string,
  window: OnnxAttributes,
  bias: string | undefined,
  { sum, relu = false }: After = {},
): string {
  const inputs = sum !== undefined ? [x, filter, bias ?? '', sum] : bias !== undefined ? [x, filter, bias] : [x, filter]
  return values.node('Conv', inputs, { ...window, activation: relu ? 'Relu' : undefined })
}

/** Whether a convolution with this filter (or of this filter's shape) convolves each channel by itself. */
export const isDepthwise = (groups: number, filter: Tensor): boolean => groups > 1 && filter.shape[1] === 1 && filter.shape[0] === groups

/** Whether a dense or grouped convolution is worth padding its channels to whole blocks. */
export function isBlockable({ block }: BlockedValues, groups: number, [outputs, depth]: readonly number[]): boolean {
  if (groups === 1) return outputs * 2 >= block
  return depth % block === 0 && (outputs / groups) % block === 0
}
