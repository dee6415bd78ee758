import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SearchSpace } from '../space/index.ts'
import { findStrategy, type StrategyEntry } from '../strategy/index.ts'
import type { Contestant } from './compare.ts'

type Settings = Readonly<Record<string, number | string | boolean>>

/**
 * Strategies by their names, with options: `name=value` for every strategy that has an option of the name, `strategy.name=value` for one alone.
 *
 * @throws UserError for an unknown or repeated name, and an option that none of them has
 */
export function contestantsOf(names: readonly string[], settings: Settings = {}): readonly Contestant[] {
  const entries = names.map(findStrategy)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UserError(`The strategy ${twice} is named twice.`)
  for (const key of Object.keys(settings)) {
    if (entries.some((entry) => optionOf(entry, key) !== undefined)) continue
    const all = entries.flatMap((entry) => Object.keys(entry.options).flatMap((option) => [option, `${entry.name}.${option}`]))
    throw new UserError(`None of the strategies ${names.join(', ')} has an option "${key}".${didYouMean(key, all)}`)
  }
  return entries.map((entry) => ({ name: entry.name, options: settingsFor(entry, settings) }))
}

/** Name of the strategy's option that a key means; undefined when it means none. */
function optionOf({ name, options }: StrategyEntry, key: string): string | undefined {
  const option = key.startsWith(`${name}.`) ? key.slice(name.length + 1) : key
  return option in options ? option : undefined
}

/** What is said for one strategy alone goes before what is said for all. */
function settingsFor(entry: StrategyEntry, settings: Settings): Settings {
  const given = Object.entries(settings).flatMap(([key, value]) => {
    const option = optionOf(entry, key)
    return option === undefined ? [] : [{ option, value, own: option !== key }]
  })
  return Object.fromEntries(given.toSorted((a, b) => Number(a.own) - Number(b.own)).map(({ option, value }) => [option, value]))
}

/** @throws UserError when a strategy cannot take the space, or an option has a value that it cannot have */
export function checkContestants(contestants: readonly Contestant[], space: SearchSpace): void {
  for (const { name, options } of contestants) {
    const entry = findStrategy(name)
    const why = entry.refuses?.(space)
    if (why !== undefined) throw new UserError(`The strategy ${name} cannot search this table: ${why}`)
    entry.make({ space, seed: 0, objectives: [{ metric: 'signal', direction: 'maximize' }] }, options)
  }
}
