import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SearchSpace } from '../space/index.ts'
import { chain } from './chain.ts'
import { densenet } from './densenet.ts'
import type { SpaceEntry } from './entry.ts'
import { inception } from './inception.ts'
import { mlp } from './mlp.ts'
import { nasBench201 } from './nas-bench-201.ts'
import { nasBenchMacro } from './nas-bench-macro.ts'
import { ofa } from './ofa.ts'
import { proxyless } from './proxyless.ts'
import { resnet } from './resnet.ts'
import { signal } from './signal.ts'
import { vgg } from './vgg.ts'
import { transNasBench101 } from './trans-nas-bench-101.ts'

export { type DensenetFrame, densenetSpace } from './densenet.ts'
export type { SpaceEntry } from './entry.ts'
export { type InceptionFrame, inceptionSpace } from './inception.ts'
export { nasBench201Space } from './nas-bench-201.ts'
export { type OfaFrame, ofaSpace } from './ofa.ts'
export { findPoint, type FoundPoint, type Point, points } from './points.ts'
export { type ProxylessFrame, proxylessSpace } from './proxyless.ts'
export { type ResnetFrame, resnetSpace } from './resnet.ts'
export { transNasBench101Space } from './trans-nas-bench-101.ts'
export { type VggFrame, vggSpace } from './vgg.ts'

/** All ready spaces; adding one is a file and a line here. */
export const spaces: readonly SpaceEntry[] = [
  chain,
  vgg,
  resnet,
  densenet,
  inception,
  proxyless,
  ofa,
  nasBench201,
  nasBenchMacro,
  transNasBench101,
  signal,
  mlp,
]

/**
 * The entry of a space's name, with or without a frame.
 *
 * @throws UserError with the nearest names
 */
export function findEntry(name: string): SpaceEntry {
  const [base] = name.split('@')
  const entry = spaces.find((candidate) => candidate.name === base)
  if (entry) return entry
  const names = spaces.map((candidate) => candidate.name)
  throw new UserError(`There is no search space "${base}".${didYouMean(base, names)} The spaces are: ${names.join(', ')}.`)
}

/**
 * The ready space of a name; `<name>@<frame>` is it in another size.
 *
 * @throws UserError with the nearest names
 */
export function findSpace(name: string): SearchSpace {
  const entry = findEntry(name)
  const frame = name.slice(entry.name.length + 1)
  if (name === entry.name) return entry.make()
  const make = entry.frames?.[frame]
  if (make) return make()
  const names = Object.keys(entry.frames ?? {})
  const known = names.length > 0 ? `Its frames are: ${names.join(', ')}.` : 'It has no frames: leave out "@" and what follows.'
  throw new UserError(`The search space "${entry.name}" has no frame "${frame}".${didYouMean(frame, names)} ${known}`)
}
