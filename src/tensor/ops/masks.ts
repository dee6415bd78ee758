import { apply } from '../graph.ts'
import type { Emitter, Op, OpName, OnnxAttributes } from '../op.ts'
import type { Attributes, Tensor } from '../tensor.ts'
import { inferBroadcast, none, type Operand, pair } from './arithmetic.ts'

/** Steep enough that a HardSigmoid is a step for every float32 that is further than 1e-30 from the edge. */
const steep: OnnxAttributes = { alpha: { float: 1e30 }, beta: { float: 0 } }
const steepFromZero: OnnxAttributes = { alpha: { float: 1e30 }, beta: { float: 1 } }

/** A comparison as a float mask. HardSigmoid of the difference runs several times as fast as a comparison and a cast. */
function comparison<N extends OpName>(name: N, onnx: string, floats: (difference: string, emit: Emitter) => string): Op<Attributes, N> {
  const infer = inferBroadcast(name)
  return {
    name,
    infer: (inputs) => ({ shape: infer(inputs).shape, dtype: 'float32' }),
    gradient: () => [undefined, undefined],
    lower: (node, inputs, emit) =>
      node.inputs[0].dtype === 'float32' ? floats(emit.node('Sub', inputs), emit) : emit.node('Cast', [emit.node(onnx, inputs)], { to: 1 }),
  }
}

/** An op of one operand through which no gradient flows. */
function flat<N extends OpName>(name: N, lower: (x: string, emit: Emitter) => string): Op<Attributes, N> {
  return {
    name,
    infer: ([x]) => ({ shape: x.shape, dtype: 'float32' }),
    gradient: () => [undefined],
    lower: (_, [x], emit) => lower(x, emit),
  }
}

export const maskOps = {
  greaterMask: comparison('greaterMask', 'Greater', (difference, emit) => emit.node('HardSigmoid', [difference], steep)),
  atLeastMask: comparison('atLeastMask', 'GreaterOrEqual', (difference, emit) => emit.node('HardSigmoid', [difference], steepFromZero)),
  equalMask: comparison('equalMask', 'Equal', (difference, emit) =>
    emit.node('HardSigmoid', [emit.node('Neg', [emit.node('Abs', [difference])])], steepFromZero),
  ),
  step: flat('step', (x, emit) => emit.node('HardSigmoid', [x], steep)),
  sign: flat('sign', (x, emit) => emit.node('Sign', [x])),
  floor: flat('floor', (x, emit) => emit.node('Floor', [x])),
  isNaN: flat('isNaN', (x, emit) => emit.node('Cast', [emit.node('IsNaN', [x])], { to: 1 })),
}

/** 1 where a > b, else 0; floats must be finite. No gradient. */
export const greaterMask = (a: Operand, b: Operand): Tensor => apply(maskOps.greaterMask, pair(a, b), none)
/** 1 where a ≥ b, else 0; floats must be finite. No gradient. */
export const atLeastMask = (a: Operand, b: Operand): Tensor => apply(maskOps.atLeastMask, pair(a, b), none)
/** 1 where a = b, else 0; floats must be finite. No gradient. */
export const equalMask = (a: Operand, b: Operand): Tensor => apply(maskOps.equalMask, pair(a, b), none)
/** 1 where x > 0, else 0. No gradient. */
export const step = (x: Tensor): Tensor => apply(maskOps.step, [x], none)
/** -1, 0 or 1. No gradient. */
export const sign = (x: Tensor): Tensor => apply(maskOps.sign, [x], none)
/** No gradient. */
export const floor = (x: Tensor): Tensor => apply(maskOps.floor, [x], none)
/** 1 where x is not a number, else 0. No gradient. */
export const isNaN = (x: Tensor): Tensor => apply(maskOps.isNaN, [x], none)
