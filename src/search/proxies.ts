import { findProxy } from '../proxy/registry.ts'
import type { ObservedTrial, Proxy, ProxyContext, Stop, Verdict } from '../proxy/proxy.ts'
import { UserError } from '../errors.ts'
import type { NamedProxy, RunConfig } from './events.ts'

/**
 * Reads proxies and their options: `asha`, or `zero-cost,median` with options named `median.grace`.
 *
 * @throws UserError for a name that there is not, with the nearest ones, and an option that belongs to none
 */
export function parseProxies(text: string, options: NamedProxy['options'] = {}): readonly NamedProxy[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))]
  const known = names.map((name) => findProxy(name).name)
  const stray = Object.keys(options).find(
    (key) => (known.length > 1 || key.includes('.')) && !known.some((name) => key.startsWith(`${name}.`)),
  )
  if (stray !== undefined)
    throw new UserError(`The option "${stray}" belongs to none of the proxies: with several write ${known[0]}.${stray}=….`)
  return known.map((name) => {
    const own = Object.entries(options).flatMap(([key, value]): [string, number | string | boolean][] => {
      if (key.startsWith(`${name}.`)) return [[key.slice(name.length + 1), value]]
      return key.includes('.') ? [] : [[key, value]]
    })
    return { name, options: Object.fromEntries(own) }
  })
}

/** Points of a curve where a proxy names none: tenths of the training. */
const usualPoints: readonly number[] = Array.from({ length: 9 }, (_, i) => (i + 1) / 10)

/** Shares of its training after which a trial is validated on the way; undefined: after each epoch, as in a run without proxies. */
export function pointsOf({ proxies }: Pick<RunConfig, 'proxies'>): readonly number[] | undefined {
  if (proxies === undefined) return undefined
  const all = proxies.flatMap(({ name, options }) => findProxy(name).points?.(options) ?? usualPoints)
  return [...new Set(all)].sort((a, b) => a - b)
}

/** Zero-cost scores to compute before a trial is trained. */
export const scoresOf = ({ proxies = [] }: Pick<RunConfig, 'proxies'>): readonly string[] => [
  ...new Set(proxies.flatMap(({ name }) => findProxy(name).scores ?? [])),
]

/** A proxy's decision with its name. */
export interface NamedStop extends Stop {
  readonly by: string
}

/** All proxies of a run as one: the first that stops a trial has stopped it; a trial goes on when any of them says so. */
export interface Proxies {
  screen(...args: Parameters<NonNullable<Proxy['screen']>>): NamedStop | undefined
  judge(trial: ObservedTrial, others: readonly ObservedTrial[]): NamedStop | undefined
  promote(trials: readonly ObservedTrial[]): number | undefined
}

export function proxiesOf({ proxies = [] }: Pick<RunConfig, 'proxies'>, context: ProxyContext): Proxies {
  const made = proxies.map(({ name, options }) => ({ name, proxy: findProxy(name).make(context, options) }))
  const first = (ask: (proxy: Proxy) => Verdict | undefined): NamedStop | undefined => {
    for (const { name, proxy } of made) {
      const verdict = ask(proxy)
      if (verdict !== undefined && verdict !== 'continue') return { ...verdict, by: name }
    }
    return undefined
  }
  return {
    screen: (architecture, trials) => first((proxy) => proxy.screen?.(architecture, trials)),
    judge: (trial, others) => first((proxy) => proxy.judge?.(trial, others)),
    promote(trials) {
      for (const { proxy } of made) {
        const number = proxy.promote?.(trials)
        if (number !== undefined) return number
      }
      return undefined
    },
  }
}
