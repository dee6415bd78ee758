import { operations } from '../ops/index.ts'
import { sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitByChannel, emitFused, emitSum } from './fuse.ts'
import type { Lowered, Rule } from './rule.ts'

/** The op's standard lowering, on blocked operands of the result's shape and on single numbers. */
const asItLies: Rule = (node, values) => {
  const names = operandsAsTheyLie(node, values)
  return names && node.op !== 'input' && node.op !== 'constant'
    ? { blocked: operations[node.op].lower(node, names, values.emit) }
    : undefined
}

/** Names of a node's inputs in forms that fit each other, if it has a blocked input and they all can. */
function operandsAsTheyLie(node: Tensor, values: BlockedValues): string[] | undefined {
  if (!values.fits(node) || !node.inputs.some((input) => values.has(input) && sameShape(input.shape, node.shape))) return undefined
  const names = node.inputs.map((input) => operand(input, node, values))
  return names.every((name) => name !== undefined) ? names : undefined
}

function operand(input: Tensor, node: Tensor, values: BlockedValues): string | undefined {
  if (sizeOf(input.shape) === 1 && input.shape.length <= node.shape.length) return values.plain(input)
  if (sameShape(input.shape, node.shape)) {
    // What was only spread over the shape need not be written out.
    if (input.op === 'broadcastTo' && sizeOf(input.inputs[0].shape) === 1) return values.plain(input.inputs[0])
    return values.of(input)
  }
  return undefined
}

const blocked = (name: string | undefined): Lowered | undefined => (name === undefined ? undefined : { blocked: name })

export const elementwiseRules = {
  add: (node, values) => blocked(emitSum(node, values) ?? emitByChannel(node, values)) ?? asItLies(node, values),
  mul: (node, values) => blocked(emitByChannel(node, values)) ?? asItLies(node, values),
  sub: asItLies,
  relu: (node, values) => blocked(emitFused(node.inputs[0], values, { relu: true })) ?? asItLies(node, values),
  neg: asItLies,
  abs: asItLies,
  exp: asItLies,
  sigmoid: asItLies,
  tanh: asItLies,
  erf: asItLies,
  sign: asItLies,
  floor: asItLies,
  step: asItLies,
  hardSigmoid: asItLies,
  maximum: asItLies,
  minimum: asItLies,
  greaterMask: asItLies,
  atLeastMask: asItLies,
  equalMask: asItLies,
  stopGradient: asItLies,
} satisfies Record<string, Rule>
