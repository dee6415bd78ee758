import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { OneShotEntry, Settings } from './one-shot.ts'
import { findOneShot, oneShotMethods } from './registry.ts'

/** A weight-sharing method with its options, for `search({ strategy })`. */
export interface ConfiguredMethod {
  readonly entry: OneShotEntry
  readonly options: Settings
}

/** A method of the registry with options. @throws UserError with the nearest names when there is none of the name */
export function oneShot(name: string, options: Settings = {}): ConfiguredMethod {
  const entry = findOneShot(name)
  if (entry) return { entry, options }
  const names = oneShotMethods.map((method) => method.name)
  throw new UserError(`There is no weight-sharing method "${name}".${didYouMean(name, names)} The methods are: ${names.join(', ')}.`)
}

export const spos = (options?: Settings): ConfiguredMethod => oneShot('spos', options)
export const fairnas = (options?: Settings): ConfiguredMethod => oneShot('fairnas', options)
export const ofa = (options?: Settings): ConfiguredMethod => oneShot('ofa', options)
export const fewShot = (options?: Settings): ConfiguredMethod => oneShot('few-shot', options)
export const pathDropout = (options?: Settings): ConfiguredMethod => oneShot('path-dropout', options)
export const randomSharing = (options?: Settings): ConfiguredMethod => oneShot('random-sharing', options)
export const smash = (options?: Settings): ConfiguredMethod => oneShot('smash', options)
export const enas = (options?: Settings): ConfiguredMethod => oneShot('enas', options)
export const darts = (options?: Settings): ConfiguredMethod => oneShot('darts', options)
export const darts2 = (options?: Settings): ConfiguredMethod => oneShot('darts2', options)
export const pcDarts = (options?: Settings): ConfiguredMethod => oneShot('pc-darts', options)
export const gdas = (options?: Settings): ConfiguredMethod => oneShot('gdas', options)
export const snas = (options?: Settings): ConfiguredMethod => oneShot('snas', options)
export const proxyless = (options?: Settings): ConfiguredMethod => oneShot('proxyless', options)
export const drnas = (options?: Settings): ConfiguredMethod => oneShot('drnas', options)
export const fairDarts = (options?: Settings): ConfiguredMethod => oneShot('fair-darts', options)
