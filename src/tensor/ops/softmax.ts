import { apply } from '../graph.ts'
import type { Op, OpName } from '../op.ts'
import { expectType, normaliseAxis } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { mul, sub } from './arithmetic.ts'
import { reduceSum } from './broadcast.ts'
import { exp } from './unary.ts'

type AxisAttributes = { readonly axis: number }

function softmaxOp<N extends OpName>(
  name: N,
  onnx: string,
  derivative: (y: Tensor, upstream: Tensor, axis: number) => Tensor,
): Op<AxisAttributes, N> {
  return {
    name,
    infer(inputs) {
      expectType(name, 'float32', inputs)
      return { shape: inputs[0].shape, dtype: 'float32' }
    },
    gradient: (node, upstream) => [derivative(node, upstream, node.attributes.axis)],
    lower: (node, inputs, emit) => emit.node(onnx, inputs, { axis: node.attributes.axis }),
  }
}

const total = (x: Tensor, axis: number): Tensor => reduceSum(x, [axis], { keepDims: true })

export const softmaxOps = {
  softmax: softmaxOp('softmax', 'Softmax', (y, up, axis) => mul(y, sub(up, total(mul(up, y), axis)))),
  logSoftmax: softmaxOp('logSoftmax', 'LogSoftmax', (y, up, axis) => sub(up, mul(exp(y), total(up, axis)))),
}

/** exp x / Σ exp x along an axis. */
export const softmax = (x: Tensor, axis = -1): Tensor =>
  apply(softmaxOps.softmax, [x], { axis: normaliseAxis('softmax', axis, x.shape.length, [x]) })
/** x − log Σ exp x along an axis, without overflow. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  apply(softmaxOps.logSoftmax, [x], { axis: normaliseAxis('logSoftmax', axis, x.shape.length, [x]) })
