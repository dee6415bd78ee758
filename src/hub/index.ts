import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SearchSpace } from '../space/index.ts'
import { chain } from './chain.ts'
import { densenet } from './densenet.ts'
import type { SpaceEntry } from './entry.ts'
import { darts } from './darts.ts'
import { enasMacro } from './enas-macro.ts'
import { enasMicro } from './enas-micro.ts'
import { checkFrame, split } from './frame.ts'
import { mlp } from './mlp.ts'
import { nasBench101 } from './nas-bench-101.ts'
import { nasBench201 } from './nas-bench-201.ts'
import { nasBenchMacro } from './nas-bench-macro.ts'
import { nasnet } from './nasnet.ts'
import { resnet } from './resnet.ts'

export type { SpaceEntry } from './entry.ts'
export { type Frame, framedName } from './frame.ts'
export { dartsSpace } from './darts.ts'
export { enasMacroSpace } from './enas-macro.ts'
export { enasMicroSpace } from './enas-micro.ts'
export { nasnetSpace } from './nasnet.ts'
export { nasBench101Space } from './nas-bench-101.ts'
export { nasBench201Space } from './nas-bench-201.ts'

/** All ready spaces; adding one is a file and a line here. */
export const spaces: readonly SpaceEntry[] = [
  chain,
  resnet,
  densenet,
  nasBench101,
  nasBench201,
  nasBenchMacro,
  darts,
  nasnet,
  enasMicro,
  enasMacro,
  mlp,
]

/**
 * The ready space of a name, in another frame where the name says so: `darts:cells=8,channels=16`.
 *
 * @throws UserError with the nearest names, or with what the space's frame has
 */
export function findSpace(name: string): SearchSpace {
  const [bare, numbers] = split(name)
  const entry = spaces.find((candidate) => candidate.name === bare)
  if (entry) return entry.make(checkFrame(entry, numbers))
  const names = spaces.map((candidate) => candidate.name)
  throw new UserError(`There is no search space "${bare}".${didYouMean(bare, names)} The spaces are: ${names.join(', ')}.`)
}
