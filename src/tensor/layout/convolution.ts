import type { ConvolutionAttributes } from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitConv, isBlockable, isDepthwise } from './conv.ts'
import { blockedFilter, depthwiseFilter, type FilterShape, narrowFilter, paddedVector } from './filters.ts'
import { emitInputGradient } from './input-gradient.ts'
import type { After, Rule } from './rule.ts'
import { emitWeightGradient } from './weight-gradient.ts'

/** A convolution on blocks, with a sum and a ReLU in the same pass. */
export function emitConvolution(node: Tensor, values: BlockedValues, after: After = {}): string | undefined {
  const { strides, pads, dilations, groups } = node.attributes as ConvolutionAttributes
  const [x, w, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined]
  const filter = values.plain(w)
  const shape = w.shape as unknown as FilterShape
  const window = { kernel_shape: w.shape.slice(2), strides, pads, dilations, group: groups }
  const shift = bias ? paddedVector(values, values.plain(bias), w.shape[0]) : undefined
  if (isDepthwise(groups, w)) {
    const reordered = depthwiseFilter(values, filter, shape)
    return emitConv(values, values.of(x), reordered, { ...window, group: values.padded(groups) }, shift, after)
  }
  if (!isBlockable(values, groups, w.shape)) return undefined
  const narrow = !values.has(x) && x.shape[1] < values.block
  return narrow
    ? emitConv(values, values.plain(x), narrowFilter(values, filter, shape), window, shift, after)
    : emitConv(values, values.of(x), blockedFilter(values, filter, shape), window, shift, after)
}

const blocked = (name: string | undefined): { readonly blocked: string } | undefined => (name === undefined ? undefined : { blocked: name })

export const convolutionRules = {
  convolution: (node, values) => blocked(emitConvolution(node, values)),
  convolutionInputGradient: (node, values) => blocked(emitInputGradient(node, values)),
  convolutionWeightGradient(node, values) {
    const plain = emitWeightGradient(node, values)
    return plain === undefined ? undefined : { plain }
  },
} satisfies Record<string, Rule>
