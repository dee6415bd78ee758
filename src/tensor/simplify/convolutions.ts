import { apply } from '../graph.ts'
import { mul } from '../ops/arithmetic.ts'
import { convolutionOps, type InputGradientAttributes, type WeightGradientAttributes } from '../ops/convolution.ts'
import { reshape } from '../ops/shape.ts'
import type { Tensor } from '../tensor.ts'
import { numberOf, type Rule } from './patterns.ts'

/** A tensor that is another one times a number for each channel, and nothing else. */
function channelFactor(node: Tensor): { readonly rest: Tensor; readonly factor: Tensor } | undefined {
  if (node.op !== 'channelAffine' || node.attributes.relu === true || node.inputs.length > 3) return undefined
  const [rest, factor, shift] = node.inputs
  return numberOf(shift) === 0 ? { rest, factor } : undefined
}

/** [O] times filters [O, …]. */
const perFilter = (filters: Tensor, factor: Tensor): Tensor => mul(filters, reshape(factor, [factor.shape[0], 1, 1, 1]))

/**
 * Factors of the output channels' gradient, as batch norm's gradient ends with, go into the filters: small tensors, where the gradient is
 * large.
 */
const factorsIntoFilters: Rule = (node) => {
  if (node.op === 'convolutionInputGradient') {
    const found = channelFactor(node.inputs[0])
    const attributes = node.attributes as InputGradientAttributes
    return found && apply(convolutionOps.convolutionInputGradient, [found.rest, perFilter(node.inputs[1], found.factor)], attributes)
  }
  if (node.op === 'convolutionWeightGradient') {
    const found = channelFactor(node.inputs[1])
    const attributes = node.attributes as WeightGradientAttributes
    return found && perFilter(apply(convolutionOps.convolutionWeightGradient, [node.inputs[0], found.rest], attributes), found.factor)
  }
  return undefined
}

export const convolutionRules: readonly Rule[] = [factorsIntoFilters]
