import type { Attributes, Tensor, TensorType } from './tensor.ts'

/**
 * Receives ONNX nodes while a graph is lowered. Names of values are strings; each call makes one node and gives its output's name.
 */
export interface Emitter {
  /** Adds one ONNX node; `domain` '' is the standard one. */
  node(type: string, inputs: readonly string[], attributes?: OnnxAttributes, options?: { readonly domain?: string; readonly outputs?: 1 }): string
  /** A float32 initializer. */
  floats(values: readonly number[] | Float32Array, shape?: readonly number[]): string
  /** An int64 initializer. */
  ints(values: readonly number[], shape?: readonly number[]): string
}

/** `{ float: x }` marks a number that ONNX wants as a float attribute; a bare number is an integer attribute. */
export type OnnxAttributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number } | undefined>>

/**
 * All that is known of one op: its shape rule, its gradient (built of ops, so it can be differentiated again) and its standard
 * ONNX lowering. The layout pass (layout/) may lower some ops another way; nothing here knows of it.
 */
export interface Op {
  readonly name: string
  /** The output's type; throws ShapeError naming the op and the shapes when the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType
  /** Gradients with respect to each input (undefined: none flows there), given the output's gradient. */
  gradient(node: Tensor, upstream: Tensor): readonly (Tensor | undefined)[]
  /** Emits standard ONNX for `node`, its inputs being already emitted under the names given. */
  lower(node: Tensor, inputs: readonly string[], emit: Emitter): string
}
