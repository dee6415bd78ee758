import { type Architecture, randomFor, type SearchSpace, shuffle } from '../space/index.ts'
import type { SupernetPlan } from './one-shot.ts'

/** Paths by number; so many of them in a row belong together. */
export interface PathSource {
  readonly pathOf?: (number: number) => Architecture
  readonly members?: number
}

/**
 * Which path is trained at a step: uniform random ones (Guo et al. 2020, single path one-shot, arXiv:1904.00420) unless a source says otherwise. Where
 * making a path ready costs more than a step, each visit trains it on several batches, and when all paths that the plan affords came, they come again in a
 * new order.
 *
 * Depends on the seed, the plan and the step alone.
 */
export function pathSchedule(
  space: SearchSpace,
  seed: number,
  { paths: wanted = Infinity, hold = 1 }: SupernetPlan,
  { pathOf = (number) => space.sample(randomFor(seed, 'path', number)), members = 1 }: PathSource = {},
): (step: number) => Architecture {
  // Whole rounds: what belongs together comes equally often.
  const paths = Number.isFinite(wanted) ? Math.max(members, Math.floor(wanted / members) * members) : wanted
  let order: { readonly round: number; readonly numbers: readonly number[] } = { round: 0, numbers: [] }
  const numberOf = (visit: number): number => {
    if (visit < paths) return visit
    const round = Math.floor(visit / paths)
    if (order.round !== round) {
      const numbers = Array.from({ length: paths }, (_, i) => i)
      order = { round, numbers: shuffle(randomFor(seed, 'round', round), numbers) }
    }
    return order.numbers[visit % paths]
  }
  return (step) => pathOf(numberOf(Math.floor(step / hold)))
}
