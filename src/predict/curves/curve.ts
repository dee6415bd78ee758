import type { Belief } from '../belief.ts'

/** What was seen of a learning curve. */
export interface Curve {
  /** Shares of the whole training, ascending, above 0. */
  readonly shares: readonly number[]
  readonly values: readonly number[]
}

/** What is believed of a curve's last value. */
export interface CurveBelief extends Belief {
  /** Probability that the last value is above another one. */
  above(value: number): number
}

/** The first points of a curve. */
export const beginning = ({ shares, values }: Curve, points: number): Curve => ({
  shares: shares.slice(0, points),
  values: values.slice(0, points),
})

/** How many points of a curve lie within a share of the training; a share that was rounded counts. */
export const pointsUntil = (shares: readonly number[], share: number): number => shares.filter((at) => at <= share + 1e-9).length
