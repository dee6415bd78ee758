import { SpaceError } from '../space/error.ts'
import type { SearchSpace } from '../space/types.ts'
import { fitness } from '../strategy/fitness.ts'
import type { Objective, Strategy } from '../strategy/strategy.ts'
import type { RunConfig, TrialRow, WarmStarted, WarmTrial } from './events.ts'

/** So many of the best trials of the earlier run are tried again first. */
const AGAIN = 3

/** The finished trials of an earlier run whose architectures are in a space, one of each architecture. */
export function warmTrials(rows: readonly TrialRow[], space: SearchSpace): readonly WarmTrial[] {
  const trials = new Map<string, WarmTrial>()
  for (const { status, architecture: text, metrics } of rows) {
    if (status !== 'finished' || trials.has(text)) continue
    try {
      trials.set(text, { architecture: space.parse(text), metrics })
    } catch (error) {
      if (!(error instanceof SpaceError)) throw error
    }
  }
  return [...trials.values()]
}

type Measured = Pick<RunConfig, 'data' | 'target' | 'fidelity'>

/**
 * Whether results of an earlier run may stand beside those of a new one: on the same data, and trained no longer, since a number that no trial of the new run can reach
 * would mislead a strategy for ever.
 */
export function isComparable(earlier: Measured, now: Measured): boolean {
  const effort = ({ fidelity: { epochs, share = 1 } }: Measured): number => epochs * share
  return earlier.data === now.data && earlier.target === now.target && effort(earlier) <= effort(now)
}

/**
 * A strategy that begins with what an earlier run found: its results are told first where they are comparable, under negative numbers, and the best of its
 * architectures are the first proposals, so that they can win here.
 *
 * @param space what may be proposed
 */
export function warmStrategy(
  strategy: Strategy,
  { told, trials }: Pick<WarmStarted, 'told' | 'trials'>,
  space: SearchSpace,
  objectives: readonly Objective[],
): Strategy {
  const measured = trials.flatMap(({ architecture, metrics }, i) => {
    const outcome = { number: -1 - i, architecture, status: 'finished', metrics } as const
    const value = fitness(objectives, outcome)
    return value === undefined ? [] : [{ outcome, value }]
  })
  if (told) for (const { outcome } of measured) strategy.tell(outcome)
  const again = measured
    .filter(({ outcome }) => space.check(outcome.architecture).length === 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, AGAIN)
  return {
    ask(n) {
      if (n < again.length) return { architecture: again[n].outcome.architecture, origin: 'warm-start' }
      const proposal = strategy.ask(n - again.length)
      if (proposal === 'exhausted' || proposal.parents === undefined) return proposal
      // Trials of another run are no parents in this one's record.
      return { ...proposal, parents: proposal.parents.filter((parent) => parent >= 0) }
    },
    tell: (outcome) => strategy.tell(outcome),
    save: () => strategy.save(),
    restore: (state) => strategy.restore(state),
  }
}
