export { activations, gelu, hardSwish, silu } from './functions/activations.ts'
export {
  type BatchNormOptions,
  type BatchNormResult,
  batchNormInference,
  batchNormTraining,
  runningStatistic,
} from './functions/batch-norm.ts'
export { dense } from './functions/dense.ts'
export { dropout, type DropoutOptions, dropPath } from './functions/dropout.ts'
export { layerNorm, type LayerNormOptions } from './functions/layer-norm.ts'
export { type CrossEntropyOptions, meanSquaredError, softmaxCrossEntropy } from './functions/losses.ts'
export { lstm, lstmCell, type LstmState, type LstmWeights } from './functions/lstm.ts'
export { bernoulliNoise, gumbelNoise, logisticNoise, type NoiseKey, noiseSeed, normalNoise, uniformNoise } from './functions/noise.ts'
export { type CachedSession, createSessionCache, type SessionCache } from './cache.ts'
export { compile, type CompileOptions, peakBytes, type Program } from './compile.ts'
export { always, type Condition, eitherOf, holds, type Selection, within } from './conditions.ts'
export { constant, input, printGraph, scalar, topologicalOrder, verify } from './graph.ts'
export { gradients } from './gradients.ts'
export { lower, type LowerOptions, lowerToBytes, type Outputs } from './lower.ts'
export { lowerDynamic, type LowerDynamicOptions } from './lower-dynamic.ts'
export { encodeModel } from './onnx/builder.ts'
export { add, addAll, div, mul, neg, type Operand, square, sub } from './ops/arithmetic.ts'
export { bitwiseAnd, bitwiseXor, modulo, shiftLeft, shiftRight } from './ops/bits.ts'
export { broadcastTo, full, ones, type ReduceOptions, reduceSum, sumTo, zeros } from './ops/broadcast.ts'
export { channelAffine, type ChannelAffineOptions, channelSum } from './ops/channel.ts'
export { addGated, gatedConcat, gatedSum } from './ops/conditional.ts'
export {
  convolution,
  convolution1d,
  type Convolution1dOptions,
  convolutionInputGradient,
  type ConvolutionOptions,
  convolutionWeightGradient,
} from './ops/convolution.ts'
export { embedding, gather, oneHot, scatterAdd } from './ops/gather.ts'
export { operations } from './ops/index.ts'
export { atLeastMask, equalMask, floor, greaterMask, isNaN, sign, step } from './ops/masks.ts'
export { matmul, type MatmulOptions } from './ops/matmul.ts'
export { averagePool, globalAveragePool, maxPool, type PoolOptions } from './ops/pooling.ts'
export { argMax, reduceMax, reduceMean } from './ops/reduce.ts'
export { clamp, maximum, minimum, pow, where } from './ops/select.ts'
export { expandDims, flatten, reshape, squeeze, transpose } from './ops/shape.ts'
export { logSoftmax, softmax } from './ops/softmax.ts'
export { samePads } from './ops/spatial.ts'
export { abs, cast, erf, exp, hardSigmoid, log, reciprocal, relu, sigmoid, softplus, sqrt, stopGradient, tanh } from './ops/unary.ts'
export { concat, insertZeros, pad, slice, sliceAxis, split } from './ops/window.ts'
export { simplify, simplifyOutputs } from './simplify/simplify.ts'
export type { Emitter, Op, OpName, Target } from './op.ts'
export type { Device, Runtime, Session, SessionOptions, Value } from './runtime.ts'
export { ShapeError } from './shapes.ts'
export { type DataType, type Shape, sizeOf, type Tensor, type TensorType, type TypedArray } from './tensor.ts'
export { adam, type AdamOptions, adamw } from './optimizers/adam.ts'
export type { Optimizer, OptimizerStep, OptimizerUpdate } from './optimizers/optimizer.ts'
export { createUpdateProgram, type UpdateProgram, type UpdateVectors } from './optimizers/update-program.ts'
export type { NamedValues } from './optimizers/packing.ts'
export { sgd, type SgdOptions } from './optimizers/sgd.ts'
export { compileOptions, type ProgramOptions } from './program-options.ts'
export {
  createTrainingProgram,
  type ForwardResult,
  type NoiseSource,
  type ParameterDeclaration,
  type StatisticDeclaration,
  type StepResult,
  type TrainingOptions,
  type TrainingProgram,
  type TrainingState,
} from './training.ts'
export { createInferenceProgram, type InferenceOptions, type InferenceProgram } from './inference.ts'
