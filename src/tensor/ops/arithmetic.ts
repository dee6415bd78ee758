import { apply, scalar } from '../graph.ts'
import type { Op, OpName } from '../op.ts'
import { broadcastShapes, shapeError } from '../shapes.ts'
import type { Attributes, Tensor, TensorType } from '../tensor.ts'
import { sumTo } from './broadcast.ts'

type None = Record<string, never>
export const none: None = {}

/** A tensor, or a number that takes the other operand's type. */
export type Operand = Tensor | number

/** Two operands as tensors; at least one must be a tensor. */
export function pair(a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === 'number') return [scalar(a, typeof b === 'number' ? 'float32' : b.dtype), typeof b === 'number' ? scalar(b) : b]
  return [a, typeof b === 'number' ? scalar(b, a.dtype) : b]
}

/** The shape rule of every op of two operands: equal types, shapes that broadcast. */
export function inferBroadcast(name: string): (inputs: readonly TensorType[]) => TensorType {
  return (inputs) => {
    const [a, b] = inputs as [TensorType, TensorType]
    if (a.dtype !== b.dtype) shapeError(name, 'operands must have one type', inputs)
    const shape = broadcastShapes(a.shape, b.shape)
    if (!shape) shapeError(name, 'shapes do not broadcast', inputs)
    return { shape, dtype: a.dtype }
  }
}

/** An op of two operands that is one ONNX operator; `gradients` need not sum over what was broadcast. */
export function binaryOp<N extends OpName>(
  name: N,
  onnx: string,
  gradients: (a: Tensor, b: Tensor, upstream: Tensor, node: Tensor) => readonly [(() => Tensor) | undefined, (() => Tensor) | undefined],
  attributes: Readonly<Record<string, number | string>> = {},
): Op<Attributes, N> {
  return {
    name,
    infer: inferBroadcast(name),
    gradient(node, upstream) {
      const [a, b] = node.inputs as [Tensor, Tensor]
      if (node.dtype !== 'float32') return [undefined, undefined]
      const [da, db] = gradients(a, b, upstream, node)
      // A number in a graph needs no gradient, and making one would cost a reduction in graphs that are not simplified.
      return [a.op === 'constant' || !da ? undefined : sumTo(da(), a.shape), b.op === 'constant' || !db ? undefined : sumTo(db(), b.shape)]
    },
    lower: (_, inputs, emit) => emit.node(onnx, inputs, attributes),
  }
}

export const arithmeticOps = {
  neg: {
    name: 'neg',
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    gradient: (_, upstream) => [neg(upstream)],
    lower: (_, inputs, emit) => emit.node('Neg', inputs),
  } satisfies Op<None, 'neg'>,
  add: binaryOp('add', 'Add', (_a, _b, up) => [() => up, () => up]),
  sub: binaryOp('sub', 'Sub', (_a, _b, up) => [() => up, () => neg(up)]),
  mul: binaryOp('mul', 'Mul', (a, b, up) =>
    // A square has one gradient, of twice the size, rather than two equal ones to be added.
    a === b ? [() => mul(up, mul(b, 2)), undefined] : [() => mul(up, b), () => mul(up, a)],
  ),
  div: binaryOp('div', 'Div', (_a, b, up, node) => [() => div(up, b), () => neg(div(mul(up, node), b))]),
}

export const neg = (x: Tensor): Tensor => apply(arithmeticOps.neg, [x], none)
export const add = (a: Operand, b: Operand): Tensor => apply(arithmeticOps.add, pair(a, b), none)
export const sub = (a: Operand, b: Operand): Tensor => apply(arithmeticOps.sub, pair(a, b), none)
export const mul = (a: Operand, b: Operand): Tensor => apply(arithmeticOps.mul, pair(a, b), none)
export const div = (a: Operand, b: Operand): Tensor => apply(arithmeticOps.div, pair(a, b), none)
export const square = (x: Tensor): Tensor => mul(x, x)

/** Sum of one or more tensors. */
export const addAll = (tensors: readonly Tensor[]): Tensor => tensors.reduce((sum, tensor) => add(sum, tensor))
