import type { Attributes, Tensor, TensorType, TypedArray } from './tensor.ts'

/** Every op there is; the table in ops/index.ts holds a record for each of these, or does not compile. */
export type OpName =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'abs'
  | 'relu'
  | 'sigmoid'
  | 'tanh'
  | 'erf'
  | 'sign'
  | 'floor'
  | 'hardSigmoid'
  | 'step'
  | 'isNaN'
  | 'cast'
  | 'stopGradient'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'greaterMask'
  | 'atLeastMask'
  | 'equalMask'
  | 'where'
  | 'bitwiseXor'
  | 'bitwiseAnd'
  | 'shiftRight'
  | 'shiftLeft'
  | 'modulo'
  | 'matmul'
  | 'convolution'
  | 'convolutionInputGradient'
  | 'convolutionWeightGradient'
  | 'maxPool'
  | 'maxPoolGradient'
  | 'maxPoolSelect'
  | 'averagePool'
  | 'globalAveragePool'
  | 'reduceSum'
  | 'reduceMean'
  | 'reduceMax'
  | 'broadcastTo'
  | 'reshape'
  | 'transpose'
  | 'concat'
  | 'slice'
  | 'pad'
  | 'gather'
  | 'scatterAdd'
  | 'oneHot'
  | 'argMax'
  | 'softmax'
  | 'logSoftmax'
  | 'channelAffine'
  | 'channelSum'
  | 'batchNormalized'
  | 'gatedSum'
  | 'gatedConcat'

/** `standard`: only operators of the ONNX standard (models to export); `onnxruntime`: also its `com.microsoft` operators. */
export type Target = 'onnxruntime' | 'standard'

/**
 * Receives ONNX nodes while a graph is lowered. Names of values are strings; each call makes one node and gives its output's name.
 * Nodes whose outputs nobody reads are left out of the model, so a lowering may emit more than it needs.
 */
export interface Emitter {
  readonly target: Target
  /** Adds one ONNX node; `domain` '' is the standard one. An input '' is an optional input left out. */
  node(type: string, inputs: readonly string[], attributes?: OnnxAttributes, options?: { readonly domain?: string }): string
  /** Adds one ONNX node with several outputs. */
  nodes(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: OnnxAttributes,
    options?: { readonly domain?: string },
  ): string[]
  /** A float32 initializer. */
  floats(values: readonly number[] | Float32Array, shape?: readonly number[]): string
  /** An int64 initializer. */
  ints(values: readonly number[], shape?: readonly number[]): string
  /** An initializer of any type. */
  constant(type: TensorType, data: TypedArray): string
}

/** `{ float: x }` marks a number that ONNX wants as a float attribute; a bare number is an integer attribute. */
export type OnnxAttributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number } | undefined>>

/**
 * All that is known of one op: its shape rule, its gradient (built of ops, so it can be differentiated again) and its standard
 * ONNX lowering. The layout pass (layout/) may lower some ops another way; nothing here knows of it.
 */
export interface Op<A extends Attributes = Attributes, N extends OpName = OpName> {
  readonly name: N
  /** The output's type; throws ShapeError naming the op and the shapes when the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: A): TensorType
  /** Gradients with respect to each input (undefined: none flows there), given the output's gradient. */
  gradient(node: Tensor<A>, upstream: Tensor): readonly (Tensor | undefined)[]
  /** Emits standard ONNX for `node`, its inputs being already emitted under the names given. */
  lower(node: Tensor<A>, inputs: readonly string[], emit: Emitter): string
}
