import { apply } from '../graph.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { full } from '../ops/broadcast.ts'
import { channelAffine, channelOps } from '../ops/channel.ts'
import type { OpName } from '../op.ts'
import { operations } from '../ops/index.ts'
import { reshape } from '../ops/shape.ts'
import { sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { channelVector, numberOf, type Rule } from './patterns.ts'

interface Affine {
  readonly x: Tensor
  readonly scale: Tensor
  readonly shift: Tensor
  readonly addend?: Tensor
  readonly relu: boolean
}

function affineOf(node: Tensor): Affine | undefined {
  if (node.op !== 'channelAffine') return undefined
  const [x, scale, shift, addend] = node.inputs as [Tensor, Tensor, Tensor, Tensor | undefined]
  return { x, scale, shift, addend, relu: node.attributes.relu === true }
}

/** A tensor times, or plus, a number for each channel is a channelAffine. */
const recognise: Rule = (node) => {
  if ((node.op !== 'mul' && node.op !== 'add') || node.shape.length < 3) return undefined
  for (const [i, operand] of node.inputs.entries()) {
    const x = node.inputs[1 - i]
    const channels = node.shape[1]
    const vector = sameShape(x.shape, node.shape) ? channelVector(operand, node.shape.length, channels) : undefined
    if (!vector) continue
    return node.op === 'mul' ? channelAffine(x, vector, full([channels], 0)) : channelAffine(x, full([channels], 1), vector)
  }
  return undefined
}

const vectorOps: ReadonlySet<string> = new Set<OpName>(['add', 'sub', 'mul', 'div', 'neg', 'sqrt', 'reciprocal'])

/** Arithmetic on reshaped vectors (and numbers) is done on the vectors, so that `recognise` sees what multiplies a tensor. */
const reshapeLast: Rule = (node) => {
  if (!vectorOps.has(node.op) || !node.inputs.some(({ op }) => op === 'reshape')) return undefined
  const vectors = node.inputs.map((operand) => {
    if (operand.shape.length === 0 && numberOf(operand) !== undefined) return operand
    return operand.op === 'reshape' && operand.inputs[0].shape.length === 1 && sameShape(operand.shape, node.shape)
      ? operand.inputs[0]
      : undefined
  })
  if (vectors.includes(undefined)) return undefined
  return reshape(apply(operations[node.op as OpName], vectors as Tensor[], node.attributes), node.shape)
}

/** Takes sums, a ReLU, and a second channelAffine into one. */
const fuse: Rule = (node, single) => {
  if (node.op === 'relu') {
    const affine = affineOf(node.inputs[0])
    return affine && single(node.inputs[0]) ? apply(channelOps.channelAffine, node.inputs[0].inputs, { relu: true }) : undefined
  }
  if (node.op === 'add') {
    for (const [i, operand] of node.inputs.entries()) {
      const other = node.inputs[1 - i]
      const affine = affineOf(operand)
      if (!affine || affine.relu || affine.addend || !single(operand) || !sameShape(other.shape, operand.shape)) continue
      return channelAffine(affine.x, affine.scale, affine.shift, { add: other })
    }
  }
  const outer = affineOf(node)
  if (!outer) return undefined
  if (!outer.addend && !outer.relu && numberOf(outer.scale) === 1 && numberOf(outer.shift) === 0) return outer.x
  const inner = affineOf(outer.x)
  if (inner && !inner.relu && !inner.addend && single(outer.x)) {
    const shift = add(mul(inner.shift, outer.scale), outer.shift)
    return channelAffine(inner.x, mul(inner.scale, outer.scale), shift, { add: outer.addend, relu: outer.relu })
  }
  return mergeAddend(outer, single)
}

/** Numbers for each channel within the addend belong to the shift. */
function mergeAddend(outer: Affine, single: (node: Tensor) => boolean): Tensor | undefined {
  const { x, scale, shift, addend, relu } = outer
  if (!addend) return undefined
  const constantOnes = addend.op === 'broadcastTo' ? channelVector(addend.inputs[0], addend.shape.length, addend.shape[1]) : undefined
  if (constantOnes) return channelAffine(x, scale, add(shift, constantOnes), { relu })
  const inner = affineOf(addend)
  if (!inner || inner.relu || !single(addend)) return undefined
  if (numberOf(inner.scale) === 1 && !inner.addend) return channelAffine(x, scale, add(shift, inner.shift), { add: inner.x, relu })
  if (numberOf(inner.shift) !== 0) {
    const rest = channelAffine(inner.x, inner.scale, full(inner.shift.shape, 0), { add: inner.addend })
    return channelAffine(x, scale, add(shift, inner.shift), { add: rest, relu })
  }
  return undefined
}

export const channelRules: readonly Rule[] = [reshapeLast, recognise, fuse]
