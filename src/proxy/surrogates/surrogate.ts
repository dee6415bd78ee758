import type { Architecture, Random, SearchSpace } from '../../space/index.ts'

/** What networks will be worth, as normal scores of their ranks among those learned from: 0 is their middle. */
export type Judgement = (architecture: Architecture) => number

/** A model that learns from the architecture alone, as data. */
export interface SurrogateEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  /** A learner for one space, which may remember how it reads architectures. */
  make(space: SearchSpace): Learner
}

/** Learns from architectures and scores of theirs, the larger the better. */
export type Learner = (architectures: readonly Architecture[], scores: Float64Array, random: Random) => Judgement
