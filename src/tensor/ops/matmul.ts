import { apply } from '../graph.ts'
import type { Emitter, Op } from '../op.ts'
import { broadcastShapes, expectType, shapeError } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { sumTo } from './broadcast.ts'

type MatmulAttributes = { readonly transA: boolean; readonly transB: boolean }

const swapLast = (rank: number): number[] => Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i))

/** Matrix product with optional transposes, as the target does it fastest. */
export function emitMatmul(
  emit: Emitter,
  a: string,
  b: string,
  ranks: readonly [number, number],
  { transA, transB }: MatmulAttributes,
): string {
  if (!transA && !transB) return emit.node('MatMul', [a, b])
  if (emit.target === 'onnxruntime') {
    return emit.node('FusedMatMul', [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 }, { domain: 'com.microsoft' })
  }
  if (ranks[0] === 2 && ranks[1] === 2) return emit.node('Gemm', [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 })
  const turn = (name: string, rank: number, turned: boolean): string =>
    turned ? emit.node('Transpose', [name], { perm: swapLast(rank) }) : name
  return emit.node('MatMul', [turn(a, ranks[0], transA), turn(b, ranks[1], transB)])
}

export const matmulOps = {
  matmul: {
    name: 'matmul',
    infer(inputs, { transA, transB }) {
      const [a, b] = inputs as [Tensor, Tensor]
      expectType('matmul', 'float32', inputs)
      if (a.shape.length < 2 || b.shape.length < 2) shapeError('matmul', 'operands must have two dimensions or more', inputs)
      const [m, inner] = transA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!]
      const [other, n] = transB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!]
      const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))
      if (inner !== other || !batch) shapeError('matmul', `cannot multiply (transA ${transA}, transB ${transB})`, inputs)
      return { shape: [...batch, m, n], dtype: 'float32' }
    },
    gradient(node, up) {
      const [a, b] = node.inputs as [Tensor, Tensor]
      const { transA, transB } = node.attributes
      const da = transA ? matmul(b, up, { transA: transB, transB: true }) : matmul(up, b, { transB: !transB })
      const db = transB ? matmul(up, a, { transA: true, transB: transA }) : matmul(a, up, { transA: !transA })
      return [sumTo(da, a.shape), sumTo(db, b.shape)]
    },
    lower: (node, [a, b], emit) => emitMatmul(emit, a, b, [node.inputs[0].shape.length, node.inputs[1].shape.length], node.attributes),
  } satisfies Op<MatmulAttributes, 'matmul'>,
}

export interface MatmulOptions {
  /** Uses `a` with its last two axes swapped. */
  readonly transA?: boolean
  readonly transB?: boolean
}

/** Matrix product of the last two axes; leading axes are batches and broadcast. */
export const matmul = (a: Tensor, b: Tensor, { transA = false, transB = false }: MatmulOptions = {}): Tensor =>
  apply(matmulOps.matmul, [a, b], { transA, transB })
