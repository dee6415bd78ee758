export { UserError } from './errors.ts'
export { type FinishedRun, type Options, resume, type Run, search } from './library.ts'
export * from './oneshot/configured.ts'
export * from './strategy/configured.ts'
export type { Reward } from './oneshot/index.ts'
export type { Metrics, RunConfig, SearchEvent, StoredEvent, TrialRow } from './search/events.ts'
export {
  activation,
  add,
  type Architecture,
  averagePool,
  batchNorm,
  cell,
  choice,
  columnEmbedding,
  concat,
  conv,
  dense,
  depthwise,
  dropout,
  flatten,
  float,
  globalPool,
  graph,
  identity,
  inputs,
  int,
  layerNorm,
  maxPool,
  relu,
  repeat,
  residual,
  scope,
  type SearchSpace,
  separable,
  sequence,
  share,
  space,
  when,
  zero,
} from './space/index.ts'
