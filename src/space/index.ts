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
export { add, cell, choice, concat, graph, inputs, looseEnds, repeat, residual, scope, sequence, share, when } from './builders.ts'
export type { InputsDeclaration, InputsOptions, NodeDeclaration } from './builders.ts'
export { constraint, type Constraint } from './constraint.ts'
export type { SpaceDefinition } from './definition.ts'
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
  squeezeExcite,
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
export { fromDefinition, space, type SpaceOptions } from './space.ts'
export type * from './tree.ts'
