import type { Frame } from './frame.ts'
import type { SearchSpace } from '../space/index.ts'

/** A registry entry of a ready space: data, so that help, docs and the page read the same. */
export interface SpaceEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  /** What data it is for. */
  readonly kinds: readonly ('image' | 'table' | 'signal')[]
  /** Numbers of the network around the cells, where they can be others, with what they are by default. */
  readonly frame?: Frame
  /** @param frame the network around the cells; what it lacks is by default */
  make(frame?: Frame): SearchSpace
  /** What its paper adds when a found cell is trained for real: the last probability of drop-path, and the weight of the auxiliary head's loss. */
  readonly deployed?: { readonly dropPath: number; readonly auxiliary: number }
  /** The space in other sizes, as its papers have it, under `<name>@<frame>`: `resnet@imagenet`. */
  readonly frames?: Readonly<Record<string, () => SearchSpace>>
}

/** A frame's space: its name is what `findSpace` finds it by. */
export const framed = (name: string, frame: string | undefined): string => (frame === undefined ? name : `${name}@${frame}`)
