import { UserError } from '../../errors.ts'
import { didYouMean } from '../../nearest.ts'
import { fisher } from './fisher.ts'
import { flops } from './flops.ts'
import { gradNorm } from './grad-norm.ts'
import { grasp } from './grasp.ts'
import { jacobCov } from './jacob-cov.ts'
import { naswot } from './naswot.ts'
import { params } from './params.ts'
import type { ZeroCostScore } from './score.ts'
import { snip } from './snip.ts'
import { synflow } from './synflow.ts'
import { zen } from './zen.ts'

/** All zero-cost scores; adding one is a file and a line here. */
export const zeroCostScores: readonly ZeroCostScore[] = [naswot, synflow, zen, jacobCov, gradNorm, snip, grasp, fisher, flops, params]

/**
 * The score of a name.
 *
 * @throws UserError with the nearest names
 */
export function findScore(name: string): ZeroCostScore {
  const score = zeroCostScores.find((candidate) => candidate.name === name)
  if (score) return score
  const names = zeroCostScores.map((candidate) => candidate.name)
  throw new UserError(`There is no zero-cost score "${name}".${didYouMean(name, names)} The scores are: ${names.join(', ')}.`)
}
