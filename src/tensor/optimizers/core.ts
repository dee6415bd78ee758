import { ones, zeros } from '../ops/broadcast.ts'
import { concat } from '../ops/window.ts'
import type { Tensor } from '../tensor.ts'
import { clipByNorm } from './clip.ts'
import { emaDecay, exponentialMovingAverage } from './ema.ts'
import { checkRange } from '../ranges.ts'
import type { Optimizer } from './optimizer.ts'

export interface UpdateRule {
  readonly optimizer: Optimizer
  /** Largest Euclidean norm of all gradients together. */
  readonly clipNorm?: number
  /** Decay of the exponential moving average of weights, in [0, 1). */
  readonly ema?: number
}

export interface UpdateInputs {
  readonly parameters: Tensor
  readonly gradient: Tensor
  /** How many of the parameters, from the first on, weight decay applies to; or 1 for those, else 0 [parameters]. */
  readonly decayed: number | Tensor
  /** Vectors kept from the step before, by the names of `stateNames`. */
  readonly state: Readonly<Record<string, Tensor>>
  /** Scalars by the names of `stepScalars`. */
  readonly scalars: Readonly<Record<string, Tensor>>
}

/** Name of the averaged weights among the vectors that a rule keeps. */
export const averageName = 'average'

/** The vectors that a rule keeps beside the parameters themselves. */
export const stateNames = ({ optimizer, ema }: UpdateRule): readonly string[] => [
  ...optimizer.slots,
  ...(ema === undefined ? [] : [averageName]),
]

/** The state before the first update; an average begins as the parameters. */
export const initialState = ({ optimizer, ema }: UpdateRule, parameters: Float32Array): Record<string, Float32Array> => ({
  ...optimizer.init(parameters.length),
  ...(ema === undefined ? {} : { [averageName]: parameters.slice() }),
})

/** The numbers that an update needs at `step` (1 for the first). */
export function stepScalars({ optimizer, ema }: UpdateRule, learningRate: number, step: number): Record<string, number> {
  return { ...optimizer.scalars(learningRate, step), ...(ema === undefined ? {} : { averageDecay: emaDecay(ema, step) }) }
}

/** One update as a graph: clip, the optimizer's rule, the moving average. */
export function update(
  rule: UpdateRule,
  inputs: UpdateInputs,
): { readonly parameters: Tensor; readonly state: Readonly<Record<string, Tensor>> } {
  const { optimizer, clipNorm, ema } = rule
  if (ema !== undefined) checkRange('ema', ema, 0, 1)
  const { parameters, state, scalars } = inputs
  const gradient = clipNorm === undefined ? inputs.gradient : clipByNorm(inputs.gradient, clipNorm)
  const updated = optimizer.update({
    parameters,
    gradient,
    decayed: typeof inputs.decayed === 'number' ? decayedMask(parameters.shape[0], inputs.decayed) : inputs.decayed,
    slots: state,
    scalars,
  })
  if (ema === undefined) return { parameters: updated.parameters, state: updated.slots }
  const average = exponentialMovingAverage(state[averageName], updated.parameters, scalars.averageDecay)
  return { parameters: updated.parameters, state: { ...updated.slots, [averageName]: average } }
}

/** 1 for the first `decayed` of `size` parameters, else 0; one number where all are alike. */
function decayedMask(size: number, decayed: number): Tensor {
  if (decayed === 0 || decayed === size) return decayed === 0 ? zeros([1]) : ones([1])
  return concat([ones([decayed]), zeros([size - decayed])], 0)
}
