import { UserError } from '../../errors.ts'
import { didYouMean } from '../../nearest.ts'
import { boosting } from './boosting.ts'
import { forest } from './forest.ts'
import { nuSvr } from './nu-svr.ts'
import type { RegressorEntry } from './regressor.ts'
import { ridge } from './ridge.ts'

/** All regressors; adding one is a file and a line here. */
export const regressors: readonly RegressorEntry[] = [ridge, nuSvr, forest, boosting]

/**
 * The regressor of a name.
 *
 * @throws UserError with the nearest names
 */
export function findRegressor(name: string): RegressorEntry {
  const entry = regressors.find((candidate) => candidate.name === name)
  if (entry) return entry
  const names = regressors.map((candidate) => candidate.name)
  throw new UserError(`There is no regressor "${name}".${didYouMean(name, names)} The regressors are: ${names.join(', ')}.`)
}
