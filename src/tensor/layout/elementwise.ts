import { attributesOf, conditionalDomain } from '../ops/conditional.ts'
import { operations } from '../ops/index.ts'
import { sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitByChannel, emitFused, emitSum } from './fuse.ts'
import { emitByImage } from './per-image.ts'
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

/** Some results are not finite where operands are 0, as padding channels may be; they would spoil what reads them. */
const withoutPadding: Rule = (node, values) => (values.padded(node.shape[1] ?? 1) === node.shape[1] ? asItLies(node, values) : undefined)

/** x · c or x + c where c are constants for the places of an image, the same for all images and channels (pooling's counts). */
function byPlace(node: Tensor, values: BlockedValues): string | undefined {
  const places = node.shape.slice(2)
  const { block, emit } = values
  for (const [i, constant] of node.inputs.entries()) {
    const x = node.inputs[1 - i]
    const isImage = constant.data instanceof Float32Array && sizeOf(constant.shape) === sizeOf(places) && sizeOf(places) > 1
    if (!isImage || !sameShape(constant.shape.slice(-places.length), places) || !values.has(x) || !sameShape(x.shape, node.shape)) continue
    const source = constant.data
    const spread = emit.floats(
      Float32Array.from({ length: source.length * block }, (_, at) => source[Math.floor(at / block)]),
      [...places, block],
    )
    return values.join(operations[node.op as 'add' | 'mul'].lower(node, [values.split(values.of(x), x.shape), spread], emit), node.shape)
  }
  return undefined
}

/** A sum of what is on, on blocked data; what is plain becomes blocked where it is on. */
const gated: Rule = (node, values) => {
  if (!values.fits(node) || !node.inputs.some((input) => values.has(input))) return undefined
  const [batch, channels, ...rest] = node.shape
  const attributes = attributesOf(node, [batch, values.padded(channels), ...rest])
  return { blocked: values.emit.node('GatedSum', node.inputs.map(values.of), attributes, { domain: conditionalDomain }) }
}

/** An op that gives back its first input. */
const passedOn: Rule = (node, values) => (values.has(node.inputs[0]) ? { blocked: values.of(node.inputs[0]) } : undefined)

const blocked = (name: string | undefined): Lowered | undefined => (name === undefined ? undefined : { blocked: name })

export const elementwiseRules = {
  add: (node, values) => blocked(emitSum(node, values) ?? emitByChannel(node, values) ?? byPlace(node, values)) ?? asItLies(node, values),
  mul: (node, values) =>
    blocked(emitByChannel(node, values) ?? byPlace(node, values) ?? emitByImage(node, values)) ?? asItLies(node, values),
  sub: (node, values) => blocked(emitByChannel(node, values)) ?? asItLies(node, values),
  relu: (node, values) => blocked(emitFused(node.inputs[0], values, { relu: true })) ?? asItLies(node, values),
  neg: asItLies,
  abs: asItLies,
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
  div: withoutPadding,
  exp: withoutPadding,
  log: withoutPadding,
  sqrt: withoutPadding,
  reciprocal: withoutPadding,
  pow: withoutPadding,
  gatedSum: gated,
  stopGradient: passedOn,
  batchNormalized: passedOn,
} satisfies Record<string, Rule>
