import type { OpName } from './op.ts'

/** Element types a tensor can have. */
export type DataType = 'float32' | 'int64' | 'int32' | 'uint32' | 'uint8' | 'bool' | 'string'

/** Static shape: every dimension is a known positive integer (a scalar is `[]`). */
export type Shape = readonly number[]

export type Attribute = number | string | boolean | readonly number[] | readonly string[]
export type Attributes = Readonly<Record<string, Attribute | undefined>>

/** What is known of a tensor before anything runs. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DataType
}

/**
 * A node of an immutable expression graph. Nothing is computed when one is made: a graph is compiled (compile.ts) and run.
 * Identity is object identity; equal sub-expressions are merged by the simplify pass, not here.
 */
export interface Tensor<A extends Attributes = Attributes> extends TensorType {
  /** Name of the op record (ops/) that made it; `input` and `constant` are the leaves. */
  readonly op: OpName | 'input' | 'constant'
  readonly inputs: readonly Tensor[]
  /** An input's `name`; an op's settings. */
  readonly attributes: A
  /** Only for `constant`: the values. */
  readonly data?: TypedArray
}

export type TypedArray = Float32Array | BigInt64Array | Int32Array | Uint32Array | Uint8Array

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, dimension) => product * dimension, 1)
