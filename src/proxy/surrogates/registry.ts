import { UserError } from '../../errors.ts'
import { didYouMean } from '../../nearest.ts'
import { boosted } from './boosted.ts'
import { committee } from './committee.ts'
import { perceptrons } from './perceptrons.ts'
import { process } from './process.ts'
import type { SurrogateEntry } from './surrogate.ts'

/** All surrogates; adding one is a file and a line here. */
export const surrogates: readonly SurrogateEntry[] = [perceptrons, process, boosted, committee]

/**
 * The surrogate of a name.
 *
 * @throws UserError with the nearest names
 */
export function findSurrogate(name: string): SurrogateEntry {
  const entry = surrogates.find((candidate) => candidate.name === name)
  if (entry) return entry
  const names = surrogates.map((candidate) => candidate.name)
  throw new UserError(`There is no surrogate "${name}".${didYouMean(name, names)} The surrogates are: ${names.join(', ')}.`)
}
