import { UserError } from '../errors.ts'
import type { OptionSpec } from './command.ts'

/** Parses a whole number in a range; the sentence names the flag and the range. */
export function wholeNumber(flag: string, from: number, to = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isInteger(value) || value < from || value > to) {
      const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`
      throw new UserError(`${flag} wants a whole number, ${range}, but got "${text}".`)
    }
    return value
  }
}

/** Parses a number in a range; the sentence names the flag and the range. */
export function numberIn(flag: string, from: number, to: number) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= from && value <= to))
      throw new UserError(`${flag} wants a number from ${from} to ${to}, but got "${text}".`)
    return value
  }
}

/** Parses one of a list of words. */
export function oneOf<T extends string>(flag: string, words: readonly T[]) {
  return (text: string): T => {
    if (!(words as readonly string[]).includes(text)) throw new UserError(`${flag} wants one of ${words.join(', ')}, but got "${text}".`)
    return text as T
  }
}

/** Parses `name=value` pairs, given several times or with commas: `--set population=20,sample=5`. */
export function settings(flag: string) {
  return (text: string, before: unknown): Readonly<Record<string, number | string | boolean>> => {
    const pairs = text.split(',').map((pair): [string, number | string | boolean] => {
      const at = pair.indexOf('=')
      if (at < 1) throw new UserError(`${flag} wants name=value, but got "${pair}".`)
      const value = pair.slice(at + 1)
      const number = Number(value)
      if (value === 'true' || value === 'false') return [pair.slice(0, at), value === 'true']
      return [pair.slice(0, at), value !== '' && Number.isFinite(number) ? number : value]
    })
    return { ...(before as Record<string, number | string | boolean> | undefined), ...Object.fromEntries(pairs) }
  }
}

export const targetOption: OptionSpec = { flags: '--target <column>', summary: 'tables: the column to predict' }
export const budgetOption: OptionSpec = {
  flags: '--budget <budget>',
  summary: 'wall time, number of trials, or both: 10m, 200trials, 10m,200trials',
}
export const limitOption: OptionSpec = {
  flags: '--limit <limits>',
  summary: 'the most that a network may cost: parameters<=500k,flops<=20M,bytes<=2M (dearer ones are rejected before they are built)',
}
export const seedOption: OptionSpec = {
  flags: '--seed <number>',
  summary: 'seed of everything random',
  default: 0,
  parse: wholeNumber('--seed', 0, 2 ** 31 - 1),
}
export const outOption: OptionSpec = {
  flags: '--out <folder>',
  summary: "the run's own folder (default: a new one in ./nascent-runs or NASCENT_HOME)",
}
export const workersOption: OptionSpec = {
  flags: '--workers <number>',
  summary: 'trials trained at the same time (default: one for each core)',
  parse: wholeNumber('--workers', 1, 1024),
}
export const deviceOption: OptionSpec = {
  flags: '--device <device>',
  summary: 'where networks run: cpu, webgpu or cuda (see nascent doctor)',
  default: 'cpu',
  parse: oneOf('--device', ['cpu', 'webgpu', 'cuda']),
}
export const deterministicOption: OptionSpec = {
  flags: '--deterministic',
  summary: 'same seed, same search, also with several workers (may wait for the slowest)',
  default: false,
}
