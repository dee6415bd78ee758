import type { Random } from '../../space/index.ts'
import type { Regressor, RegressorEntry } from '../regressors/regressor.ts'
import type { Curve, CurveBelief } from './curve.ts'
import { mixtureBelief } from './mixture-belief.ts'

/** A curve, and what is known of its network besides. */
export interface DescribedCurve extends Curve {
  /** Of the architecture, hyper-parameters and costs; equally many for all. */
  readonly features: ArrayLike<number>
}

/** A curve whose end is known. */
export interface WholeCurve extends DescribedCurve {
  readonly final: number
}

/** Most values of a curve among the features; of more, evenly spread ones, the last one among them. */
const MOST = 8
/** Most residuals that a belief is made of. */
const RESIDUALS = 64

/** A curve's value at a share, on the line between its two nearest points. */
export function valueAt({ shares, values }: Curve, share: number): number {
  const after = shares.findIndex((at) => at >= share - 1e-9)
  if (after < 0) return values[values.length - 1]
  if (after === 0 || Math.abs(shares[after] - share) < 1e-9) return values[after]
  const within = (share - shares[after - 1]) / (shares[after] - shares[after - 1])
  return values[after - 1] + within * (values[after] - values[after - 1])
}

/** Values at the given shares, their first and second differences, and the other features. */
export function curveFeatures(curve: DescribedCurve, shares: readonly number[]): Float64Array {
  const values = shares.map((share) => valueAt(curve, share))
  const first = differences(values)
  return Float64Array.from([...values, ...first, ...differences(first), ...Array.from(curve.features)])
}

const differences = (values: readonly number[]): number[] => values.slice(1).map((value, i) => value - values[i])

/**
 * Regression from the beginning of a curve, and what is known of its network, to its end (Baker, Gupta, Raskar and Naik 2017, arXiv:1705.10823). Learned is what a
 * curve gains from its last point on: a regressor that knows little then falls back on the usual gain, not on the usual end. The uncertainty is that of
 * predictions of curves that were left out.
 */
export class CurveRegression {
  readonly #shares: readonly number[]
  readonly #model: Regressor
  readonly #residuals: readonly number[]
  /** What models that had not seen it said of each curve's end. */
  readonly unseen: readonly number[]

  /** @param known two curves or more @param shares points of the beginning, the last one being where predictions are made */
  constructor(known: readonly WholeCurve[], shares: readonly number[], regressor: RegressorEntry, random: Random) {
    this.#shares =
      shares.length <= MOST ? shares : Array.from({ length: MOST }, (_, i) => shares[Math.round((i * (shares.length - 1)) / (MOST - 1))])
    const inputs = known.map((curve) => curveFeatures(curve, this.#shares))
    const last = known.map((curve) => valueAt(curve, shares[shares.length - 1]))
    const { model, unseen } = regressor.fit(
      inputs,
      known.map(({ final }, i) => final - last[i]),
      random,
    )
    this.#model = model
    this.unseen = Array.from(unseen, (gain, i) => last[i] + gain)
    this.#residuals = known.map(({ final }, i) => final - this.unseen[i]).sort((a, b) => a - b)
  }

  predict(curve: DescribedCurve): CurveBelief {
    const last = valueAt(curve, this.#shares[this.#shares.length - 1])
    const mean = last + this.#model.predict(curveFeatures(curve, this.#shares))
    const n = this.#residuals.length
    const some =
      n <= RESIDUALS
        ? this.#residuals
        : Array.from({ length: RESIDUALS }, (_, i) => this.#residuals[Math.floor(((i + 0.5) * n) / RESIDUALS)])
    const middle = this.#residuals[n >> 1]
    const around = this.#residuals.map((residual) => Math.abs(residual - middle)).sort((a, b) => a - b)
    // Each residual stands for others like it; the bandwidth follows the middle of them, which outliers do not move.
    const width = Math.max(1e-9 * Math.max(1, Math.abs(mean)), 1.5 * around[n >> 1] * n ** -0.2)
    const belief = mixtureBelief(
      some.map((residual) => mean + residual),
      some.map(() => width),
    )
    return { ...belief, mean }
  }
}
