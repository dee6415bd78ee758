import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createJiti } from 'jiti'
import { UserError } from '../../errors.ts'
import { findSpace } from '../../hub/index.ts'
import type { SearchSpace } from '../../space/types.ts'

/** A space as a run records it: so that another process finds the same one. */
export interface NamedSpace {
  /** A name in the hub, or `<absolute path>#<export>`. */
  readonly name: string
  /** Content hash of the module. */
  readonly hash?: string
}

const modulePattern = /^(.*\.[cm]?[jt]s)(?:#([\w$]+))?$/

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
export function resolveSpace(name: string): NamedSpace {
  const found = modulePattern.exec(name)
  if (!found) return { name }
  const path = resolve(found[1])
  if (!existsSync(path)) throw new UserError(`There is no module ${found[1]} to take a search space from.`)
  return { name: `${path}#${found[2] ?? 'default'}`, hash: hashOf(path) }
}

/**
 * Loads a space by its name in the hub, or from a module (TypeScript or JavaScript).
 *
 * @throws UserError when there is none of the name, or the module is not the one that the run began with
 */
export async function loadSpace({ name, hash }: NamedSpace): Promise<SearchSpace> {
  if (isObjectSpace(name)) {
    throw new UserError(
      `The space "${name.slice(objectPrefix.length)}" exists only in the program that began the run: give it to resume() there.`,
    )
  }
  const found = modulePattern.exec(name)
  if (!found) return findSpace(name)
  const [, path, key = 'default'] = found as unknown as [string, string, string | undefined]
  if (!existsSync(path)) throw new UserError(`The module ${path}, which holds the search space, is gone: put it back.`)
  if (hash !== undefined && hashOf(path) !== hash) {
    throw new UserError(
      `The module ${path} has changed since the run began, so its space may be another one: put the old one back, or begin a new run.`,
    )
  }
  const module = await createJiti(import.meta.url, { moduleCache: false }).import<Record<string, unknown>>(path)
  const space = module[key]
  if (!isSpace(space)) {
    const spaces = Object.keys(module).filter((candidate) => isSpace(module[candidate]))
    throw new UserError(
      `${path} exports no search space "${key}"${spaces.length > 0 ? `; it has ${spaces.join(', ')}: write ${path}#${spaces[0]}` : ': export one made with space(…)'}.`,
    )
  }
  return space
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

function isSpace(value: unknown): value is SearchSpace {
  return typeof value === 'object' && value !== null && 'sample' in value && 'child' in value && 'parse' in value
}
