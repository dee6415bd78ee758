import { type Architecture, encoder, type SearchSpace } from '../space/index.ts'
import type { ObservedTrial } from './proxy.ts'

/** Decisions as numbers, up to this many places; of wider spaces a regressor of few examples would learn nothing. */
const PLACES = 40

/** What a regressor may know of a trial's network before it is trained: its decisions, and its costs with their logarithms. */
export function trialFeatures(space: SearchSpace, trials: readonly ObservedTrial[]): (trial: ObservedTrial) => Float64Array {
  const decisions = encoder(space, 'decision')
  const ofArchitecture =
    decisions.length <= PLACES ? (architecture: Architecture) => decisions.encode(architecture) : () => new Float64Array(0)
  const names = Object.keys(trials[0]?.costs ?? {})
    .filter((name) => trials.every(({ costs }) => Number.isFinite(costs[name])))
    .toSorted()
  return ({ architecture, costs }) =>
    Float64Array.from([
      ...ofArchitecture(architecture),
      ...names.flatMap((name) => {
        const cost = costs[name] ?? 0
        return cost > 0 ? [cost, Math.log(cost)] : [cost, 0]
      }),
    ])
}
