import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createJiti } from 'jiti'
import { UserError } from '../../errors.ts'

/** A thing of the user's own as a run records it: so that another process finds the same one. */
export interface NamedModule {
  /** `<absolute path>#<export>`, or a name where the thing comes from a registry. */
  readonly name: string
  /** Content hash of the module. */
  readonly hash?: string
}

/** What is taken from modules. */
export interface ModuleKind<T> {
  /** As sentences name it: 'search space'. */
  readonly noun: string
  readonly is: (value: unknown) => value is T
  /** How one is made: 'export one made with space(…)'. */
  readonly hint: string
}

const modulePattern = /^(.*\.[cm]?[jt]s)(?:#([\w$]+))?$/

/** Whether a name means a module's export: `./mine.ts#small`. */
export const isModule = (name: string): boolean => modulePattern.test(name)

/** Makes the path absolute and notes the module's hash; other names stay. @throws UserError when there is no such module */
export function resolveModule(name: string, { noun }: Pick<ModuleKind<unknown>, 'noun'>): NamedModule {
  const found = modulePattern.exec(name)
  if (!found) return { name }
  const path = resolve(found[1])
  if (!existsSync(path)) throw new UserError(`There is no module ${found[1]} to take a ${noun} from.`)
  return { name: `${path}#${found[2] ?? 'default'}`, hash: hashOf(path) }
}

/**
 * Loads an export of a module (TypeScript or JavaScript).
 *
 * @throws UserError when the module is gone or not the one that the run began with, or has no such export
 */
export async function loadExport<T>({ name, hash }: NamedModule, { noun, is, hint }: ModuleKind<T>): Promise<T> {
  const [, path, key = 'default'] = modulePattern.exec(name) as unknown as [string, string, string | undefined]
  if (!existsSync(path)) throw new UserError(`The module ${path}, which holds the ${noun}, is gone: put it back.`)
  if (hash !== undefined && hashOf(path) !== hash) {
    throw new UserError(
      `The module ${path} has changed since the run began, so its ${noun} may be another one: put the old one back, or begin a new run.`,
    )
  }
  const module = await createJiti(import.meta.url, { moduleCache: false }).import<Record<string, unknown>>(path)
  const value = module[key]
  if (is(value)) return value
  const others = Object.keys(module).filter((candidate) => is(module[candidate]))
  throw new UserError(
    `${path} exports no ${noun} "${key}"${others.length > 0 ? `; it has ${others.join(', ')}: write ${path}#${others[0]}` : `: ${hint}`}.`,
  )
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
