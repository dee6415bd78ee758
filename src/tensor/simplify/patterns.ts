import { uniformValue } from '../graph.ts'
import type { Tensor } from '../tensor.ts'

/** Tries to say a node, whose inputs are simplified, in a simpler way; undefined when it cannot. */
export type Rule = (node: Tensor, single: (node: Tensor) => boolean) => Tensor | undefined

/** The number that a node holds everywhere, if it is a constant (or one broadcast) that does. */
export function numberOf(node: Tensor): number | undefined {
  const inner = node.op === 'broadcastTo' || node.op === 'reshape' ? node.inputs[0] : node
  return inner.op === 'constant' && inner.dtype === 'float32' ? uniformValue(inner) : undefined
}

/** For a vector [C] reshaped so that it goes along the channels of a tensor of rank 3 or more: that vector. */
export function channelVector(node: Tensor, rank: number, channels: number): Tensor | undefined {
  if (rank < 3 || node.op !== 'reshape' || node.inputs[0].shape.length !== 1 || node.inputs[0].shape[0] !== channels) return undefined
  const at = node.shape.length - rank + 1
  const fits =
    node.shape.length >= rank - 1 && node.shape.length <= rank && node.shape.every((size, i) => size === (i === at ? channels : 1))
  return fits ? node.inputs[0] : undefined
}

/** The other operand and the number, when one of two operands is a number everywhere. */
export function withNumber([a, b]: readonly Tensor[]): { readonly other: Tensor; readonly number: number } | undefined {
  const right = numberOf(b)
  if (right !== undefined) return { other: a, number: right }
  const left = numberOf(a)
  return left === undefined ? undefined : { other: b, number: left }
}
