import { spearman } from '../rank-correlation.ts'
import { fitRidge } from '../regressors/ridge.ts'
import type { CurveBelief } from './curve.ts'
import { mixtureBelief } from './mixture-belief.ts'

/** A value after a part of the training, and what the network costs. */
export interface EarlyStop {
  readonly early: number
  /** Such as FLOPs and parameters; their logarithms count. Equally many for all. */
  readonly costs: readonly number[]
}

/** A linear correction of early values, and how much it helps. */
export interface Correction {
  /** Final value ≈ intercept + the sum of coefficients times early value and logarithms of costs. */
  readonly coefficients: Float64Array
  readonly intercept: number
  /** Spearman's correlation with the final values, of the early ones and of the corrected ones, each corrected by a fit without it. */
  readonly before: number
  readonly after: number
  predict(stopped: EarlyStop): CurveBelief
}

const inputOf = ({ early, costs }: EarlyStop): readonly number[] => [early, ...costs.map((cost) => Math.log(Math.max(1e-12, cost)))]

/**
 * Corrects the value of a training that was stopped early by the logarithms of what the network costs (Zhong, Yan, Wu, Shao and Liu 2018, arXiv:1708.05552):
 * large networks learn slowly, so that their early values belie them. The weights are fitted to networks that were trained whole.
 *
 * @param known two networks or more
 */
export function fitCorrection(known: readonly (EarlyStop & { readonly final: number })[]): Correction {
  const finals = known.map(({ final }) => final)
  const { model, unseen } = fitRidge(known.map(inputOf), finals)
  const residuals = finals.map((final, i) => final - unseen[i])
  const typical = Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / residuals.length)
  return {
    coefficients: model.coefficients,
    intercept: model.intercept,
    before: spearman(
      known.map(({ early }) => early),
      finals,
    ),
    after: spearman([...unseen], finals),
    predict(stopped) {
      const mean = model.predict(inputOf(stopped))
      const width = Math.max(1e-9 * Math.max(1, Math.abs(mean)), typical * residuals.length ** -0.2)
      const belief = mixtureBelief(
        residuals.map((residual) => mean + residual),
        residuals.map(() => width),
      )
      return { ...belief, mean }
    },
  }
}
