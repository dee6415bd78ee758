import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { asha } from './asha.ts'
import { hyperband } from './hyperband.ts'
import type { ProxyEntry } from './proxy.ts'
import { successiveHalving } from './successive-halving.ts'
import { zeroCostFilter } from './zero-cost-filter.ts'

/** All proxies; adding one is a file and a line here. */
export const proxies: readonly ProxyEntry[] = [asha, successiveHalving, hyperband, zeroCostFilter]

/**
 * The proxy of a name.
 *
 * @throws UserError with the nearest names
 */
export function findProxy(name: string): ProxyEntry {
  const entry = proxies.find((candidate) => candidate.name === name)
  if (entry) return entry
  const names = proxies.map((candidate) => candidate.name)
  throw new UserError(`There is no proxy "${name}".${didYouMean(name, names)} The proxies are: ${names.join(', ')}.`)
}
