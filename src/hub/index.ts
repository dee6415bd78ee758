import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SearchSpace } from '../space/index.ts'
import { chain } from './chain.ts'
import { densenet } from './densenet.ts'
import type { SpaceEntry } from './entry.ts'
import { darts } from './darts.ts'
import { enasMicro } from './enas-micro.ts'
import { mlp } from './mlp.ts'
import { nasBench201 } from './nas-bench-201.ts'
import { nasBenchMacro } from './nas-bench-macro.ts'
import { nasnet } from './nasnet.ts'
import { resnet } from './resnet.ts'

export type { SpaceEntry } from './entry.ts'
export { dartsSpace } from './darts.ts'
export { enasMicroSpace } from './enas-micro.ts'
export { nasnetSpace } from './nasnet.ts'
export { nasBench201Space } from './nas-bench-201.ts'

/** All ready spaces; adding one is a file and a line here. */
export const spaces: readonly SpaceEntry[] = [chain, resnet, densenet, nasBench201, nasBenchMacro, darts, nasnet, enasMicro, mlp]

/**
 * The ready space of a name.
 *
 * @throws UserError with the nearest names
 */
export function findSpace(name: string): SearchSpace {
  const entry = spaces.find((candidate) => candidate.name === name)
  if (entry) return entry.make()
  const names = spaces.map((candidate) => candidate.name)
  throw new UserError(`There is no search space "${name}".${didYouMean(name, names)} The spaces are: ${names.join(', ')}.`)
}
