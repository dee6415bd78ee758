import type { SearchSpace } from '../space/index.ts'

/** A registry entry of a ready space: data, so that help, docs and the page read the same. */
export interface SpaceEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  /** What data it is for. */
  readonly kinds: readonly ('image' | 'table' | 'signal')[]
  make(): SearchSpace
}
