import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SpaceEntry } from './entry.ts'

/** The network around a space's cells: how many there are, and channels of the first. Architectures of one space fit all of its frames. */
export interface Frame {
  readonly cells?: number
  readonly channels?: number
}

/** A space's name with a frame, as commands and runs write it: `darts:cells=20,channels=36`. */
export function framedName(name: string, frame: Frame): string {
  const [bare, before] = split(name)
  const asked = Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== undefined))
  const numbers = Object.entries({ ...before, ...asked })
  return numbers.length === 0 ? bare : `${bare}:${numbers.map(([key, value]) => `${key}=${value}`).join(',')}`
}

/** The bare name of a space, and the numbers after it. */
export function split(name: string): readonly [bare: string, numbers: Readonly<Record<string, number>>] {
  const at = name.indexOf(':')
  if (at < 0) return [name, {}]
  const pairs = name.slice(at + 1).split(',')
  return [name.slice(0, at), Object.fromEntries(pairs.map((pair) => pair.split('=')).map(([key, value]) => [key, Number(value)]))]
}

/**
 * Checks that a space can stand in a frame.
 *
 * @throws UserError when it has no such number, or one is no whole number from 1 to 10,000
 */
export function checkFrame({ name, frame }: SpaceEntry, asked: Readonly<Record<string, number>>): Frame {
  const known = Object.keys(frame ?? {})
  for (const [key, value] of Object.entries(asked)) {
    if (!known.includes(key)) {
      const has = known.length === 0 ? 'It is one fixed frame.' : `It has ${known.join(' and ')}.`
      throw new UserError(`The space "${name}" has no number of ${key} to set.${didYouMean(key, known)} ${has}`)
    }
    if (!Number.isInteger(value) || value < 1 || value > 10_000)
      throw new UserError(`The ${key} of the space "${name}" must be a whole number from 1 to 10,000, as in ${name}:${key}=8.`)
  }
  return asked
}
