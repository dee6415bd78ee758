import { constant, scalar } from '../graph.ts'
import { mul } from '../ops/arithmetic.ts'
import { broadcastTo, full, reduceSum } from '../ops/broadcast.ts'
import { channelSum } from '../ops/channel.ts'
import { reshape, transpose } from '../ops/shape.ts'
import { matmul } from '../ops/matmul.ts'
import { sameShape } from '../shapes.ts'
import { sizeOf } from '../tensor.ts'
import { numberOf, type Rule, withNumber } from './patterns.ts'

/** reshape of reshape, transpose of transpose, broadcast of broadcast; each of a number. */
const moves: Rule = (node) => {
  const [x] = node.inputs
  if (node.op === 'stopGradient' || node.op === 'batchNormalized') return x
  if (node.op === 'reshape') {
    if (sameShape(x.shape, node.shape)) return x
    if (x.op === 'reshape') return reshape(x.inputs[0], node.shape)
    if (x.op === 'constant' && x.data) return constant(x.data, node.shape, x.dtype)
    const number = x.op === 'broadcastTo' ? numberOf(x) : undefined
    return number === undefined ? undefined : full(node.shape, number)
  }
  if (node.op === 'transpose') {
    const permutation = node.attributes.permutation as readonly number[]
    const number = x.op === 'broadcastTo' ? numberOf(x) : undefined
    if (number !== undefined) return full(node.shape, number)
    if (x.op !== 'transpose') return undefined
    const inner = x.attributes.permutation as readonly number[]
    return transpose(
      x.inputs[0],
      permutation.map((axis) => inner[axis]),
    )
  }
  if (node.op === 'broadcastTo') {
    if (sameShape(x.shape, node.shape)) return x
    if (x.op === 'broadcastTo') return broadcastTo(x.inputs[0], node.shape)
    const number = x.shape.length > 0 ? numberOf(x) : undefined
    return number === undefined ? undefined : full(node.shape, number)
  }
  return undefined
}

/** Sums of repeated values are products. */
const sums: Rule = (node) => {
  const [x] = node.inputs
  if (node.dtype !== 'float32') return undefined
  if (node.op === 'reduceSum' || node.op === 'channelSum') {
    const number = numberOf(x)
    if (number !== undefined && x.op !== 'reshape') return full(node.shape, (number * sizeOf(x.shape)) / sizeOf(node.shape))
  }
  if (node.op === 'reduceMean') {
    const number = numberOf(x)
    if (number !== undefined) return full(node.shape, number)
  }
  return undefined
}

/** A number that multiplies goes behind an op that makes the tensor smaller. */
const factorsOut: Rule = (node, single) => {
  if (node.dtype !== 'float32') return undefined
  const scaled = (i: number): ReturnType<typeof withNumber> => {
    const operand = node.inputs[i]
    return operand?.op === 'mul' && single(operand) && sizeOf(operand.shape) > sizeOf(node.shape) ? withNumber(operand.inputs) : undefined
  }
  if (node.op === 'reduceSum') {
    const found = scaled(0)
    const { axes, keepDims } = node.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean }
    return found && sameShape(found.other.shape, node.inputs[0].shape)
      ? mul(reduceSum(found.other, axes, { keepDims }), scalar(found.number))
      : undefined
  }
  if (node.op === 'channelSum') {
    const found = scaled(0)
    return found && sameShape(found.other.shape, node.inputs[0].shape) ? mul(channelSum(found.other), scalar(found.number)) : undefined
  }
  if (node.op === 'matmul') {
    const options = node.attributes as { readonly transA: boolean; readonly transB: boolean }
    for (const i of [0, 1]) {
      const found = scaled(i)
      if (!found || !sameShape(found.other.shape, node.inputs[i].shape)) continue
      return mul(matmul(i === 0 ? found.other : node.inputs[0], i === 1 ? found.other : node.inputs[1], options), scalar(found.number))
    }
  }
  return undefined
}

export const shapeRules: readonly Rule[] = [moves, sums, factorsOut]
