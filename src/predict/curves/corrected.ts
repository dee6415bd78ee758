import { spearman } from '../rank-correlation.ts'
import { fitRidge, type RidgeFit } from '../regressors/ridge.ts'
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

/** Residuals count up to so many deviations, as usual for Huber's loss, and rounds of clipping them. */
const [CLIP, ROUNDS] = [1.345, 20]

const inputOf = ({ early, costs }: EarlyStop): readonly number[] => [early, ...costs.map((cost) => Math.log(Math.max(1e-12, cost)))]

/** Ridge regression to Huber's loss by clipped residuals (Huber 1973): a few networks that learned nothing do not turn the line of all others. */
function fitRobustly(inputs: readonly (readonly number[])[], finals: readonly number[]): RidgeFit {
  let fit = fitRidge(inputs, finals)
  for (let round = 0; round < ROUNDS; round++) {
    const said = inputs.map((input) => fit.model.predict(input))
    const residuals = finals.map((final, i) => final - said[i])
    const sizes = residuals.map(Math.abs).sort((a, b) => a - b)
    // The median of a normal deviate's size is 1 / 1.4826.
    const most = CLIP * 1.4826 * sizes[sizes.length >> 1]
    if (sizes[sizes.length - 1] <= most) break
    fit = fitRidge(
      inputs,
      residuals.map((residual, i) => said[i] + Math.max(-most, Math.min(most, residual))),
    )
  }
  return fit
}

/**
 * Corrects the value of a training that was stopped early by the logarithms of what the network costs (Zhong, Yan, Wu, Shao and Liu 2018, arXiv:1708.05552):
 * large networks learn slowly, so that their early values belie them. The weights are fitted to networks that were trained whole.
 *
 * @param known two networks or more
 */
export function fitCorrection(known: readonly (EarlyStop & { readonly final: number })[]): Correction {
  const finals = known.map(({ final }) => final)
  const { model, unseen } = fitRobustly(known.map(inputOf), finals)
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
