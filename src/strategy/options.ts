import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { StrategyEntry } from './strategy.ts'

type Setting = number | string | boolean

/** How an option may be given: its meaning, its default (whose type it keeps), and its range. */
export interface OptionSpec<T extends Setting = Setting> {
  readonly summary: string
  readonly default: T
  readonly from?: number
  readonly to?: number
  /** Numbers: whole ones only. */
  readonly whole?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K]['default'] extends number ? number : S[K]['default'] extends boolean ? boolean : string
}

/**
 * The options of a strategy with defaults filled in.
 *
 * @param kind what it is, for the words of errors
 * @throws UserError for an unknown name (with the nearest ones), a value of another type or outside the range
 */
export function readOptions<S extends OptionSpecs>(
  strategy: string,
  specs: S,
  given: Readonly<Record<string, Setting>> = {},
  kind = 'strategy',
): OptionValues<S> {
  const names = Object.keys(specs)
  for (const [name, value] of Object.entries(given)) {
    const spec = specs[name]
    if (spec === undefined) {
      const known = names.length === 0 ? 'It has none.' : `Its options are: ${names.join(', ')}.`
      throw new UserError(`The ${kind} ${strategy} has no option "${name}".${didYouMean(name, names)} ${known}`)
    }
    const wrong = faultOf(spec, value)
    if (wrong !== undefined) throw new UserError(`The option ${name} of the ${kind} ${strategy} wants ${wrong}, but got "${value}".`)
  }
  return Object.fromEntries(names.map((name) => [name, given[name] ?? specs[name].default])) as OptionValues<S>
}

/** What the option wants instead; undefined when the value is fine. */
function faultOf({ default: usual, from = -Infinity, to = Infinity, whole = false }: OptionSpec, value: Setting): string | undefined {
  if (typeof usual === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false'
  if (typeof usual === 'string') return typeof value === 'string' ? undefined : 'a word'
  if (typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value))) return undefined
  const range = to === Infinity ? (from === -Infinity ? '' : `, ${from} or more`) : ` from ${from} to ${to}`
  return `a ${whole ? 'whole ' : ''}number${range}`
}

/** The options as a registry entry lists them. */
export const listed = (specs: OptionSpecs): StrategyEntry['options'] => specs
