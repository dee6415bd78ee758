import { apply } from '../graph.ts'
import type { Op, OpName } from '../op.ts'
import { shapeError } from '../shapes.ts'
import type { Attributes, Tensor } from '../tensor.ts'
import { inferBroadcast, none, type Operand, pair } from './arithmetic.ts'

/** An op on integers; arithmetic on uint32 wraps at 2^32, which is what a counter-based hash wants. */
function integerOp<N extends OpName>(
  name: N,
  onnx: string,
  types: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
): Op<Attributes, N> {
  const infer = inferBroadcast(name)
  return {
    name,
    infer(inputs) {
      if (inputs.some(({ dtype }) => !types.includes(dtype))) shapeError(name, `operands must be ${types.join(' or ')}`, inputs)
      return infer(inputs)
    },
    gradient: () => [undefined, undefined],
    lower: (_, inputs, emit) => emit.node(onnx, inputs, attributes),
  }
}

const integers = ['int32', 'int64', 'uint32', 'uint8']

export const bitOps = {
  bitwiseXor: integerOp('bitwiseXor', 'BitwiseXor', integers),
  bitwiseAnd: integerOp('bitwiseAnd', 'BitwiseAnd', integers),
  shiftRight: integerOp('shiftRight', 'BitShift', ['uint32', 'uint8'], { direction: 'RIGHT' }),
  shiftLeft: integerOp('shiftLeft', 'BitShift', ['uint32', 'uint8'], { direction: 'LEFT' }),
  modulo: integerOp('modulo', 'Mod', integers),
}

export const bitwiseXor = (a: Operand, b: Operand): Tensor => apply(bitOps.bitwiseXor, pair(a, b), none)
export const bitwiseAnd = (a: Operand, b: Operand): Tensor => apply(bitOps.bitwiseAnd, pair(a, b), none)
/** Shift of uint32 or uint8, filling with zeros. */
export const shiftRight = (a: Operand, b: Operand): Tensor => apply(bitOps.shiftRight, pair(a, b), none)
export const shiftLeft = (a: Operand, b: Operand): Tensor => apply(bitOps.shiftLeft, pair(a, b), none)
/** Remainder with the divisor's sign; integers only. */
export const modulo = (a: Operand, b: Operand): Tensor => apply(bitOps.modulo, pair(a, b), none)
