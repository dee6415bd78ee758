import type { Random } from '../../space/index.ts'

/** A learned function from vectors to numbers. */
export interface Regressor {
  predict(input: ArrayLike<number>): number
}

/** What was learned, and what it would have said of each example had it not seen it. */
export interface Fit {
  readonly model: Regressor
  readonly unseen: Float64Array
}

/** A way to learn, as data: all of them stand behind one interface. */
export interface RegressorEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  /** Learns from examples of one length; equal arguments and an equal random stream give the same. */
  fit(inputs: readonly ArrayLike<number>[], targets: ArrayLike<number>, random: Random): Fit
}
