import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { findOneShot, type OneShotEntry, oneShotMethods } from '../oneshot/index.ts'
import { strategies } from '../strategy/index.ts'
import type { StrategyEntry } from '../strategy/strategy.ts'

/** What can search: a strategy whose proposals are trained each by itself, or a method with shared weights. */
export type Searcher = StrategyEntry | OneShotEntry

export const searchers: readonly Searcher[] = [...strategies, ...oneShotMethods]

export const isOneShot = (searcher: Searcher): searcher is OneShotEntry => 'trainer' in searcher

/**
 * The strategy or weight-sharing method of a name.
 *
 * @throws UserError with the nearest names
 */
export function findSearcher(name: string): Searcher {
  const entry = strategies.find((candidate) => candidate.name === name) ?? findOneShot(name)
  if (entry) return entry
  const names = searchers.map((candidate) => candidate.name)
  throw new UserError(`There is no search strategy "${name}".${didYouMean(name, names)} The strategies are: ${names.join(', ')}.`)
}
