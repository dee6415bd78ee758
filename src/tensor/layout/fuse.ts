import { sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitChannelAffine, emitChannelPass } from './channel.ts'
import { emitConvolution } from './convolution.ts'
import { emitInputGradient } from './input-gradient.ts'
import type { After } from './rule.ts'

/** Ops that can add a tensor or cut off what is below 0 in their own pass over the data. */
function emitAgain(node: Tensor, values: BlockedValues, after: After): string | undefined {
  switch (node.op) {
    case 'convolution':
      return emitConvolution(node, values, after)
    case 'convolutionInputGradient':
      return emitInputGradient(node, values, after)
    case 'channelAffine':
      return values.has(node.inputs[0]) ? emitChannelAffine(node, values, after) : undefined
    case 'mul':
    case 'add':
    case 'sub':
      return emitByChannel(node, values, after)
    default:
      return undefined
  }
}

/**
 * The value of a node that was lowered already, with a sum or a ReLU in the same pass, or undefined when there is no such way. What was
 * emitted for the node before is left out of the model when nobody else reads it; so heavy work is done again only if nobody does.
 */
export function emitFused(node: Tensor, values: BlockedValues, after: After): string | undefined {
  if (!values.has(node)) return undefined
  // A sum may have a convolution within its pass.
  const isHeavy = node.op === 'convolution' || node.op === 'convolutionInputGradient' || node.op === 'add'
  if (isHeavy && (values.isOutput(node) || values.consumers(node).length > 1)) return undefined
  if (node.op === 'add' && after.sum === undefined) {
    const sum = emitSum(node, values, after)
    if (sum !== undefined) return sum
  }
  return emitAgain(node, values, after)
}

/** a + b of the same shape, where one of them can take the other into its own pass. */
export function emitSum(node: Tensor, values: BlockedValues, after: After = {}): string | undefined {
  const [a, b] = node.inputs as [Tensor, Tensor]
  if (a === b || !sameShape(a.shape, b.shape) || !values.fits(node)) return undefined
  for (const [addend, other] of [
    [b, a],
    [a, b],
  ] as const) {
    if (!values.has(addend) && !values.has(other)) return undefined
    const fused = values.has(addend) ? emitFused(addend, values, { ...after, sum: values.of(other) }) : undefined
    if (fused !== undefined) return fused
  }
  return undefined
}

/** x · v, x + v or x − v where v is a vector over the channels. */
export function emitByChannel(node: Tensor, values: BlockedValues, after: After = {}): string | undefined {
  const [a, b] = node.inputs as [Tensor, Tensor]
  const orders = node.op === 'sub' ? [[a, b] as const] : [[a, b] as const, [b, a] as const]
  for (const [x, other] of orders) {
    const vector = channelVector(other, node)
    if (vector === undefined || !values.has(x) || !sameShape(x.shape, node.shape)) continue
    const name = values.reshape(values.plain(vector), [node.shape[1]])
    if (node.op === 'mul') return emitChannelPass(x, values, { scale: name }, after)
    return emitChannelPass(x, values, { shift: node.op === 'sub' ? values.emit.node('Neg', [name]) : name }, after)
  }
  return undefined
}

/** The tensor of C numbers that `node` spreads over the channels of something of the shape of `like`, if it is that. */
function channelVector(node: Tensor, like: Tensor): Tensor | undefined {
  const source = node.op === 'broadcastTo' ? node.inputs[0] : node
  const channels = like.shape[1]
  const wanted = [channels, ...like.shape.slice(2).map(() => 1)]
  const own = source.shape.at(0) === 1 && source.shape.length === like.shape.length ? source.shape.slice(1) : source.shape
  return channels > 1 && sameShape(own, wanted) ? source : undefined
}
