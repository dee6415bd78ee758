import { UserError } from '../../errors.ts'
import { findSpace } from '../../hub/index.ts'
import type { SearchSpace } from '../../space/types.ts'
import { isModule, loadExport, type ModuleKind, type NamedModule, resolveModule } from './modules.ts'

/** A space as a run records it: a name in the hub, or a module's export. */
export type NamedSpace = NamedModule

const kind: ModuleKind<SearchSpace> = {
  noun: 'search space',
  is: (value): value is SearchSpace =>
    typeof value === 'object' && value !== null && 'sample' in value && 'child' in value && 'parse' in value,
  hint: 'export one made with space(…)',
}

/** How a run records a space that was given as an object: no other process can make it. */
const objectPrefix = 'object:'

/** A space with how a run records it. */
export interface KnownSpace {
  readonly named: NamedSpace
  readonly space: SearchSpace
}

/** Whether a run's space was an object of the program that began it. */
export const isObjectSpace = (name: string): boolean => name.startsWith(objectPrefix)

/** A space by its name or module, or one given as an object. */
export async function knownSpace(given: string | SearchSpace): Promise<KnownSpace> {
  if (typeof given !== 'string') return { named: { name: `${objectPrefix}${given.name}` }, space: given }
  const named = resolveSpace(given)
  return { named, space: await loadSpace(named) }
}

/** Makes paths absolute and notes the module's hash; names of the hub stay. @throws UserError when there is no such module */
export const resolveSpace = (name: string): NamedSpace => resolveModule(name, kind)

/**
 * Loads a space by its name in the hub, or from a module (TypeScript or JavaScript).
 *
 * @throws UserError when there is none of the name, or the module is not the one that the run began with
 */
export async function loadSpace(named: NamedSpace): Promise<SearchSpace> {
  const { name } = named
  if (isObjectSpace(name)) {
    throw new UserError(
      `The space "${name.slice(objectPrefix.length)}" exists only in the program that began the run: give it to resume() there.`,
    )
  }
  return isModule(name) ? loadExport(named, kind) : findSpace(name)
}
