import { type Issue, type NetworkContext, randomFor, type SearchSpace } from '../space/index.ts'
import type { StrategyEntry } from './strategy.ts'

/** Random architectures whose networks are tried. */
const TRIALS = 20

/**
 * What would go wrong in a search, before anything runs: a strategy that cannot take the space, networks that cannot take the data. Empty when nothing was
 * found; networks are tried on a sample.
 *
 * @param context the data's shape; without it networks are not tried
 */
export function validate(space: SearchSpace, strategy: Pick<StrategyEntry, 'refuses'>, context?: NetworkContext): readonly Issue[] {
  const why = strategy.refuses?.(space)
  const issues: Issue[] = why === undefined ? [] : [{ path: '', message: why }]
  if (context === undefined) return issues
  for (let i = 0; i < TRIALS; i++) {
    const architecture = space.sample(randomFor(i, 'validate'))
    try {
      space.child(architecture, context)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return [...issues, { path: '', message: `${message} (architecture ${space.print(architecture)})` }]
    }
  }
  return issues
}
