import type { Tensor } from '../tensor.ts'

/** What one update works on; all vectors are flat and of one size. */
export interface OptimizerStep {
  readonly parameters: Tensor
  /** Already clipped, without weight decay. */
  readonly gradient: Tensor
  /** 1 for parameters that weight decay applies to, else 0. */
  readonly decayed: Tensor
  /** The optimizer's vectors by slot. */
  readonly slots: Readonly<Record<string, Tensor>>
  /** The numbers that `scalars` gave for this step, as scalars [] by name. */
  readonly scalars: Readonly<Record<string, Tensor>>
}

export interface OptimizerUpdate {
  readonly parameters: Tensor
  readonly slots: Readonly<Record<string, Tensor>>
}

/**
 * An update rule as a graph over one flat vector of all parameters. What changes from step to step comes in as scalars, which are
 * computed outside the graph in double precision, so schedules and bias corrections cost nothing and lose no digits.
 */
export interface Optimizer {
  readonly name: string
  /** Names of the vectors it keeps between steps; they begin as `init` says. */
  readonly slots: readonly string[]
  /** The vectors at the start, for `size` parameters. */
  init(size: number): Readonly<Record<string, Float32Array>>
  /** The numbers it needs at update `step` (1 for the first). */
  scalars(learningRate: number, step: number): Readonly<Record<string, number>>
  update(step: OptimizerStep): OptimizerUpdate
}

/** Vectors of zeros for each slot. */
export const zeroSlots = (slots: readonly string[], size: number): Record<string, Float32Array> =>
  Object.fromEntries(slots.map((slot) => [slot, new Float32Array(size)]))
