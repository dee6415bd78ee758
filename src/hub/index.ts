import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import type { SearchSpace } from '../space/index.ts'
import { chain } from './chain.ts'
import { densenet } from './densenet.ts'
import type { SpaceEntry } from './entry.ts'
import { inception } from './inception.ts'
import { ofa } from './ofa.ts'
import { proxyless } from './proxyless.ts'
import { darts } from './darts.ts'
import { enasMacro } from './enas-macro.ts'
import { enasMicro } from './enas-micro.ts'
import { checkFrame, split } from './frame.ts'
import { mlp } from './mlp.ts'
import { nasBench101 } from './nas-bench-101.ts'
import { nasBench201 } from './nas-bench-201.ts'
import { nasBenchMacro } from './nas-bench-macro.ts'
import { nasnet } from './nasnet.ts'
import { pnas } from './pnas.ts'
import { resnet } from './resnet.ts'
import { rnn } from './rnn.ts'
import { signal } from './signal.ts'
import { units } from './units.ts'
import { vgg } from './vgg.ts'
import { transNasBench101 } from './trans-nas-bench-101.ts'

export { type DensenetFrame, densenetSpace } from './densenet.ts'
export type { SpaceEntry } from './entry.ts'
export { type InceptionFrame, inceptionSpace } from './inception.ts'
export { checkFrame, type Frame, framedName } from './frame.ts'
export { dartsSpace } from './darts.ts'
export { enasMacroSpace } from './enas-macro.ts'
export { enasMicroSpace } from './enas-micro.ts'
export { nasnetSpace } from './nasnet.ts'
export { nasBench101Space } from './nas-bench-101.ts'
export { nasBench201Space } from './nas-bench-201.ts'
export { type OfaFrame, ofaSpace } from './ofa.ts'
export { findPoint, type FoundPoint, type Point, points } from './points.ts'
export { pnasSpace } from './pnas.ts'
export { type ProxylessFrame, proxylessSpace } from './proxyless.ts'
export { type ResnetFrame, resnetSpace } from './resnet.ts'
export { transNasBench101Space } from './trans-nas-bench-101.ts'
export { type RnnFrame, rnnSpace } from './rnn.ts'
export { unitsSpace } from './units.ts'
export { type VggFrame, vggSpace } from './vgg.ts'

/** All ready spaces; adding one is a file and a line here. */
export const spaces: readonly SpaceEntry[] = [
  chain,
  vgg,
  resnet,
  units,
  densenet,
  inception,
  proxyless,
  ofa,
  nasBench101,
  nasBench201,
  nasBenchMacro,
  transNasBench101,
  darts,
  nasnet,
  pnas,
  enasMicro,
  enasMacro,
  signal,
  rnn,
  mlp,
]

/**
 * The entry of a space's name, with or without a frame.
 *
 * @throws UserError with the nearest names
 */
export function findEntry(name: string): SpaceEntry {
  const base = name.replace(/[@:].*$/, '')
  const entry = spaces.find((candidate) => candidate.name === base)
  if (entry) return entry
  const names = spaces.map((candidate) => candidate.name)
  throw new UserError(`There is no search space "${base}".${didYouMean(base, names)} The spaces are: ${names.join(', ')}.`)
}

/**
 * The ready space of a name; `<name>@<frame>` is it in a size of its papers, `darts:cells=8,channels=16` with other numbers around its cells.
 *
 * @throws UserError with the nearest names, or with what the space's frame has
 */
export function findSpace(name: string): SearchSpace {
  const entry = findEntry(name)
  const [bare, numbers] = split(name)
  if (bare === entry.name) return entry.make(checkFrame(entry, numbers))
  const frame = name.slice(entry.name.length + 1)
  const make = entry.frames?.[frame]
  if (make) return make()
  const names = Object.keys(entry.frames ?? {})
  const known = names.length > 0 ? `Its frames are: ${names.join(', ')}.` : 'It has no frames: leave out "@" and what follows.'
  throw new UserError(`The search space "${entry.name}" has no frame "${frame}".${didYouMean(frame, names)} ${known}`)
}
