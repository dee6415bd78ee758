import { darts, darts2 } from './darts.ts'
import { enas } from './enas.ts'
import type { OneShotEntry } from './one-shot.ts'
import { spos } from './spos.ts'

/** All weight-sharing methods; adding one is a file and a line here. */
export const oneShotMethods: readonly OneShotEntry[] = [spos, darts, darts2, enas]

/** The weight-sharing method of a name; undefined when there is none. */
export const findOneShot = (name: string): OneShotEntry | undefined => oneShotMethods.find((entry) => entry.name === name)
