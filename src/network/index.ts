export { type BuildMode, type BuiltNetwork, buildNetwork } from './build.ts'
export { networkCost, type NodeCost, nodeCosts, trainingWork } from './cost.ts'
export { type DescribedNode, describeNetwork, layerLabel, type NetworkDescription } from './describe.ts'
export { type Begun, inheritByName } from './inherit.ts'
export { initialValues, initialVariance, initialWeights } from './initialize.ts'
export { type LatencyOptions, measureLatency } from './latency.ts'
export { type Change, type ChannelStatistics, findMorph, type Morph } from './morph/index.ts'
export type {
  Activation,
  Cost,
  InputSpec,
  Layer,
  LayerKind,
  Network,
  NetworkNode,
  ParameterSpec,
  RecurrentActivation,
  Task,
  Weights,
} from './network.ts'
export { parameterName, parameterSpecs } from './parameters.ts'
export { copyPart, fits, type Part } from './part.ts'
export { inputPath, nodeShapes } from './shapes.ts'
export { hashWeights, readWeights, type StoredWeights, writeWeights } from './weights.ts'
