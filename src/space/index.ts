export type {
  Architecture,
  Decision,
  DecisionValue,
  Hyperparameters,
  Issue,
  NetworkContext,
  Random,
  SearchSpace,
} from './types.ts'
export type { ArchitectureGraph, Vertex, VertexRole } from './architecture-graph.ts'
export { add, cell, choice, concat, graph, inputs, looseEnds, repeat, residual, scope, sequence, share, stack, when } from './builders.ts'
export type { InputsDeclaration, InputsOptions, NodeDeclaration } from './builders.ts'
export { canonicalText } from './canonical.ts'
export { constraint, type Constraint } from './constraint.ts'
export type { SpaceDefinition } from './definition.ts'
export { encoder, encodings, type Encoder, type EncoderOptions, type EncodingKind } from './encoder.ts'
export { SpaceError } from './error.ts'
export type { DecisionExpression, Expression, ExpressionNode } from './expression.ts'
export {
  activation,
  averagePool,
  batchNorm,
  columnEmbedding,
  conv,
  type ConvolutionOptions,
  dense,
  depthwise,
  dropout,
  flatten,
  globalPool,
  identity,
  lastStep,
  layerNorm,
  maxPool,
  type PoolOptions,
  recurrent,
  type RecurrentCell,
  relu,
  separable,
  shift,
  squeezeExcite,
  takeChannels,
  tokenEmbedding,
  zero,
} from './layers.ts'
export {
  and,
  atMost,
  divide,
  equals,
  float,
  index,
  int,
  lessThan,
  maximum,
  minimum,
  minus,
  not,
  or,
  plus,
  power,
  roundTo,
  roundWidth,
  times,
} from './numbers.ts'
export { integer, normal, pick, pickMany, randomFor, shuffle } from './random.ts'
export { fromUnit, otherValues, printValue, sampleValue, sameValue, toUnit, valueCount, valuesOf } from './domain.ts'
export { countArchitectures } from './size.ts'
export { reduceGraph } from './reduce-graph.ts'
export { limitSpace, type Limit } from './limit.ts'
export { fromDefinition, space, type SpaceOptions } from './space.ts'
export type * from './tree.ts'
