import { scalar } from '../graph.ts'
import { add, mul, neg, sub } from '../ops/arithmetic.ts'
import { broadcastTo, full } from '../ops/broadcast.ts'
import { operations } from '../ops/index.ts'
import { apply } from '../graph.ts'
import { sqrt } from '../ops/unary.ts'
import type { OpName } from '../op.ts'
import { broadcastShapes, sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import { numberOf, type Rule, withNumber } from './patterns.ts'

const binary: ReadonlySet<string> = new Set<OpName>([
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'greaterMask',
  'atLeastMask',
  'equalMask',
  'bitwiseXor',
  'bitwiseAnd',
  'shiftLeft',
  'shiftRight',
  'modulo',
])

/** An operand need not be repeated beforehand when the op repeats it. */
const dropBroadcast: Rule = (node) => {
  if (!binary.has(node.op)) return undefined
  const [a, b] = node.inputs
  for (const [i, operand] of [a, b].entries()) {
    if (operand.op !== 'broadcastTo') continue
    const other = i === 0 ? b : a
    const shape = broadcastShapes(operand.inputs[0].shape, other.shape)
    if (!shape || !sameShape(shape, node.shape)) continue
    const inputs = i === 0 ? [operand.inputs[0], b] : [a, operand.inputs[0]]
    return apply(operations[node.op as OpName], inputs, node.attributes)
  }
  return undefined
}

/** x + 0, x · 1, x · 0, x − 0, x / 1, … */
const identities: Rule = (node) => {
  if (node.dtype !== 'float32') return undefined
  const [a, b] = node.inputs
  const [left, right] = [a && numberOf(a), b && numberOf(b)]
  switch (node.op) {
    case 'add':
      if (right === 0) return broadcastTo(a, node.shape)
      return left === 0 ? broadcastTo(b, node.shape) : undefined
    case 'sub':
      if (right === 0) return broadcastTo(a, node.shape)
      return left === 0 ? broadcastTo(neg(b), node.shape) : undefined
    case 'mul':
      if (left === 0 || right === 0) return full(node.shape, 0)
      if (right === 1) return broadcastTo(a, node.shape)
      if (left === 1) return broadcastTo(b, node.shape)
      if (right === -1) return broadcastTo(neg(a), node.shape)
      return left === -1 ? broadcastTo(neg(b), node.shape) : undefined
    case 'div':
      return right === 1 ? broadcastTo(a, node.shape) : undefined
    case 'pow':
      if (right === 1) return broadcastTo(a, node.shape)
      if (right === 2) return broadcastTo(mul(a, a), node.shape)
      return right === 0.5 ? broadcastTo(sqrt(a), node.shape) : undefined
    default:
      return undefined
  }
}

const fold1: Readonly<Record<string, (x: number) => number>> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  abs: Math.abs,
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  step: (x) => (x > 0 ? 1 : 0),
}
const fold2: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: Math.pow,
  maximum: Math.max,
  minimum: Math.min,
}

/** Numbers are computed here, not in the model. */
const foldNumbers: Rule = (node) => {
  if (node.dtype !== 'float32') return undefined
  const numbers = node.inputs.map(numberOf)
  const value = numbers.length === 1 ? fold1[node.op] : numbers.length === 2 ? fold2[node.op] : undefined
  if (!value || numbers.some((number) => number === undefined)) return undefined
  return full(node.shape, (value as (...numbers: unknown[]) => number)(...numbers))
}

/** −(−x), x + (−y), x − (−y), x + x, (−x) · c. */
const signs: Rule = (node) => {
  const [a, b] = node.inputs
  if (node.op === 'neg') {
    if (a.op === 'neg') return a.inputs[0]
    if (a.op === 'sub') return sub(a.inputs[1], a.inputs[0])
    const factor = a.op === 'mul' ? withNumber(a.inputs) : undefined
    return factor && mul(factor.other, scalar(-factor.number))
  }
  if (node.dtype !== 'float32') return undefined
  if (node.op === 'add' && b.op === 'neg') return sub(a, b.inputs[0])
  if (node.op === 'add' && a.op === 'neg') return sub(b, a.inputs[0])
  if (node.op === 'sub' && b.op === 'neg') return add(a, b.inputs[0])
  if (node.op === 'add' && a === b) return mul(a, 2)
  if (node.op === 'mul' && a.op === 'neg' && b.op === 'neg') return mul(a.inputs[0], b.inputs[0])
  const factor = node.op === 'mul' ? withNumber(node.inputs) : undefined
  return factor?.other.op === 'neg' ? mul(factor.other.inputs[0], scalar(-factor.number)) : undefined
}

/** Numbers that multiply: together, and at the smallest tensor. */
const factors: Rule = (node, single) => {
  if (node.op !== 'mul' || node.dtype !== 'float32') return undefined
  const factor = withNumber(node.inputs)
  if (factor) {
    const { other, number } = factor
    if (other.op !== 'mul') return undefined
    const inner = withNumber(other.inputs)
    if (inner) return mul(inner.other, scalar(inner.number * number))
    // (large · small) · number: the number goes to the small one.
    const [large, small] =
      sizeOf(other.inputs[0].shape) >= sizeOf(other.inputs[1].shape) ? other.inputs : [other.inputs[1], other.inputs[0]]
    return sizeOf(small.shape) * 4 <= sizeOf(large.shape) && single(other) ? mul(large, mul(small, scalar(number))) : undefined
  }
  // large · (small · number) stays; (large · number) · small becomes large · (small · number).
  for (const [i, operand] of node.inputs.entries()) {
    const other: Tensor = node.inputs[1 - i]
    const inner = operand.op === 'mul' ? withNumber(operand.inputs) : undefined
    if (inner && sizeOf(other.shape) * 4 <= sizeOf(operand.shape) && single(operand))
      return mul(inner.other, mul(other, scalar(inner.number)))
  }
  return undefined
}

export const elementwiseRules: readonly Rule[] = [foldNumbers, identities, dropBroadcast, signs, factors]
