import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { annealing } from './annealing.ts'
import { bananas } from './bananas.ts'
import { evolution } from './evolution.ts'
import { exhaustive } from './exhaustive.ts'
import { gp } from './gp.ts'
import { grid } from './grid.ts'
import { localSearch } from './local-search.ts'
import { reinforcement } from './reinforcement.ts'
import { nsga2 } from './nsga2.ts'
import { tpe } from './tpe.ts'
import { bohb } from './bohb.ts'
import { morphism } from './morphism.ts'
import { mcts } from './mcts.ts'
import { pnas } from './pnas.ts'
import { random } from './random.ts'
import type { StrategyEntry } from './strategy.ts'

/** All strategies; adding one is a file and a line here. */
export const strategies: readonly StrategyEntry[] = [
  random,
  grid,
  exhaustive,
  localSearch,
  annealing,
  evolution,
  reinforcement,
  nsga2,
  tpe,
  bohb,
  mcts,
  bananas,
  gp,
  pnas,
  morphism,
]

/**
 * The strategy of a name.
 *
 * @throws UserError with the nearest names
 */
export function findStrategy(name: string): StrategyEntry {
  const entry = strategies.find((candidate) => candidate.name === name)
  if (entry) return entry
  const names = strategies.map((candidate) => candidate.name)
  throw new UserError(`There is no search strategy "${name}".${didYouMean(name, names)} The strategies are: ${names.join(', ')}.`)
}
