import { apply } from '../graph.ts'
import type { OnnxAttributes, Op, OpName } from '../op.ts'
import { expectType } from '../shapes.ts'
import type { Attributes, DataType, Tensor } from '../tensor.ts'
import { add, div, mul, neg, none, square, sub } from './arithmetic.ts'
import { sign, step } from './masks.ts'

/** A float op of one operand that is one ONNX operator. */
function unaryOp<N extends OpName>(
  name: N,
  onnx: string,
  derivative: (x: Tensor, y: Tensor, upstream: Tensor) => Tensor,
): Op<Attributes, N> {
  return {
    name,
    infer(inputs) {
      expectType(name, 'float32', inputs)
      return { shape: inputs[0].shape, dtype: 'float32' }
    },
    gradient: (node, upstream) => [derivative(node.inputs[0], node, upstream)],
    lower: (_, inputs, emit) => emit.node(onnx, inputs),
  }
}

type HardSigmoidAttributes = { readonly alpha: number; readonly beta: number }

const onnxTypes: Readonly<Record<DataType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, string: 8, bool: 9, uint32: 12 }

export const unaryOps = {
  exp: unaryOp('exp', 'Exp', (_, y, up) => mul(up, y)),
  log: unaryOp('log', 'Log', (x, _, up) => div(up, x)),
  sqrt: unaryOp('sqrt', 'Sqrt', (_, y, up) => div(mul(up, 0.5), y)),
  reciprocal: unaryOp('reciprocal', 'Reciprocal', (_, y, up) => neg(mul(up, square(y)))),
  abs: unaryOp('abs', 'Abs', (x, _, up) => mul(up, sign(x))),
  relu: unaryOp('relu', 'Relu', (_, y, up) => mul(up, step(y))),
  sigmoid: unaryOp('sigmoid', 'Sigmoid', (_, y, up) => mul(up, mul(y, sub(1, y)))),
  tanh: unaryOp('tanh', 'Tanh', (_, y, up) => mul(up, sub(1, square(y)))),
  erf: unaryOp('erf', 'Erf', (x, _, up) => mul(up, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  hardSigmoid: {
    name: 'hardSigmoid',
    infer(inputs) {
      expectType('hardSigmoid', 'float32', inputs)
      return { shape: inputs[0].shape, dtype: 'float32' }
    },
    gradient: (node, upstream) => [mul(mul(upstream, node.attributes.alpha), mul(step(node), step(sub(1, node))))],
    lower(node, inputs, emit) {
      const attributes: OnnxAttributes = { alpha: { float: node.attributes.alpha }, beta: { float: node.attributes.beta } }
      return emit.node('HardSigmoid', inputs, attributes)
    },
  } satisfies Op<HardSigmoidAttributes, 'hardSigmoid'>,
  cast: {
    name: 'cast',
    infer: ([x], { to }) => ({ shape: x.shape, dtype: to }),
    gradient: (node, upstream) => [node.dtype === 'float32' && node.inputs[0].dtype === 'float32' ? upstream : undefined],
    lower: (node, inputs, emit) => emit.node('Cast', inputs, { to: onnxTypes[node.attributes.to] }),
  } satisfies Op<{ readonly to: DataType }, 'cast'>,
  stopGradient: {
    name: 'stopGradient',
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    gradient: () => [undefined],
    lower: (_, inputs) => inputs[0],
  } satisfies Op<Attributes, 'stopGradient'>,
}

export const exp = (x: Tensor): Tensor => apply(unaryOps.exp, [x], none)
/** Natural logarithm. */
export const log = (x: Tensor): Tensor => apply(unaryOps.log, [x], none)
export const sqrt = (x: Tensor): Tensor => apply(unaryOps.sqrt, [x], none)
/** 1 / x */
export const reciprocal = (x: Tensor): Tensor => apply(unaryOps.reciprocal, [x], none)
/** The gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => apply(unaryOps.abs, [x], none)
/** The gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => apply(unaryOps.relu, [x], none)
export const sigmoid = (x: Tensor): Tensor => apply(unaryOps.sigmoid, [x], none)
export const tanh = (x: Tensor): Tensor => apply(unaryOps.tanh, [x], none)
/** Gauss error function. */
export const erf = (x: Tensor): Tensor => apply(unaryOps.erf, [x], none)
/** max(0, min(1, alpha · x + beta)) */
export const hardSigmoid = (x: Tensor, alpha = 1 / 6, beta = 0.5): Tensor => apply(unaryOps.hardSigmoid, [x], { alpha, beta })
/** Another element type; gradients pass only between floats. */
export const cast = (x: Tensor, to: DataType): Tensor => (x.dtype === to ? x : apply(unaryOps.cast, [x], { to }))
/** The same values; no gradient flows back through it. */
export const stopGradient = (x: Tensor): Tensor => apply(unaryOps.stopGradient, [x], none)
/** log(1 + exp x), without overflow. */
export const softplus = (x: Tensor): Tensor => add(relu(x), log(add(1, exp(neg(abs(x))))))
