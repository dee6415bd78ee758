import type { StrategyEntry } from '../../strategy/index.ts'
import { findSearcher, type Searcher } from '../searchers.ts'
import { isModule, loadExport, type ModuleKind, type NamedModule, resolveModule } from './modules.ts'

const kind: ModuleKind<StrategyEntry> = {
  noun: 'search strategy',
  is: (value): value is StrategyEntry =>
    typeof value === 'object' && value !== null && 'name' in value && 'options' in value && 'make' in value,
  hint: 'export an object of the type StrategyEntry',
}

/** A strategy or weight-sharing method with how a run records it. */
export interface KnownSearcher {
  readonly named: NamedModule
  readonly searcher: Searcher
}

/**
 * A searcher by its name, from a module (`./mine.ts#climber`), or one given as an object, which runs record by its name.
 *
 * @throws UserError with the nearest names, or when the module or its export is missing
 */
export async function knownSearcher(given: string | Searcher): Promise<KnownSearcher> {
  if (typeof given !== 'string') return { named: { name: given.name }, searcher: given }
  const named = resolveModule(given, kind)
  return { named, searcher: await loadSearcher(named) }
}

/** @throws UserError when there is none of the name, or the module is not the one that the run began with */
export async function loadSearcher(named: NamedModule): Promise<Searcher> {
  return isModule(named.name) ? loadExport(named, kind) : findSearcher(named.name)
}
