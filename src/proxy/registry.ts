import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { asha } from './asha.ts'
import { corrected } from './corrected.ts'
import { curve } from './curve.ts'
import { freezeThaw } from './freeze-thaw.ts'
import { hyperband } from './hyperband.ts'
import { median } from './median.ts'
import { patience } from './patience.ts'
import type { ProxyEntry } from './proxy.ts'
import { regression } from './regression.ts'
import { successiveHalving } from './successive-halving.ts'
import { surrogate } from './surrogate.ts'
import { threshold } from './threshold.ts'
import { zeroCostFilter } from './zero-cost-filter.ts'

/** All proxies; adding one is a file and a line here. */
export const proxies: readonly ProxyEntry[] = [
  asha,
  successiveHalving,
  hyperband,
  curve,
  freezeThaw,
  regression,
  median,
  threshold,
  patience,
  corrected,
  surrogate,
  zeroCostFilter,
]

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
