import { darts, darts2 } from './darts.ts'
import { drnas } from './drnas.ts'
import { enas } from './enas.ts'
import { fairDarts } from './fair-darts.ts'
import { fairnas } from './fairnas.ts'
import { fewShot } from './few-shot.ts'
import { gdas } from './gdas.ts'
import { ofa } from './ofa.ts'
import type { OneShotEntry } from './one-shot.ts'
import { pathDropout } from './path-dropout.ts'
import { pcDarts } from './pc-darts.ts'
import { proxyless } from './proxyless.ts'
import { randomSharing } from './random-sharing.ts'
import { smash } from './smash.ts'
import { snas } from './snas.ts'
import { spos } from './spos.ts'

/** All weight-sharing methods; adding one is a file and a line here. */
export const oneShotMethods: readonly OneShotEntry[] = [
  spos,
  fairnas,
  ofa,
  fewShot,
  pathDropout,
  randomSharing,
  smash,
  enas,
  darts,
  darts2,
  pcDarts,
  gdas,
  snas,
  proxyless,
  drnas,
  fairDarts,
]

/** The weight-sharing method of a name; undefined when there is none. */
export const findOneShot = (name: string): OneShotEntry | undefined => oneShotMethods.find((entry) => entry.name === name)
