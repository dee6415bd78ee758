import { cholesky, solveLower, solveUpper } from '../cholesky.ts'
import type { Fit, Regressor, RegressorEntry } from './regressor.ts'
import { centreOf, scalingOf } from './scaling.ts'

/** Weights on the squared coefficients among which the examples choose, for each example and scaled input. */
const PENALTIES = [1e-4, 1e-3, 1e-2, 0.1, 0.5, 2]

/** A ridge regression with its coefficients on the scale of the inputs. */
export interface RidgeFit extends Fit {
  readonly model: Regressor & { readonly coefficients: Float64Array; readonly intercept: number }
  readonly penalty: number
}

interface Solution {
  readonly weights: Float64Array
  readonly unseen: Float64Array
  readonly error: number
}

/**
 * Linear least squares with a penalty on squared coefficients (Hoerl and Kennard 1970), the inputs scaled to deviation 1, the intercept free. The penalty is the
 * one with the least error on examples left out one by one, which needs no second fit: the residual over one less the leverage.
 *
 * @param penalties candidates, in examples: n times the value is added to the diagonal
 */
export function fitRidge(
  inputs: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  penalties: readonly number[] = PENALTIES,
): RidgeFit {
  const n = inputs.length
  const scaling = scalingOf(inputs)
  const rows = inputs.map((input) => scaling.apply(input))
  const { mean } = centreOf(targets)
  const centred = Float64Array.from({ length: n }, (_, i) => targets[i] - mean)
  const gram = gramOf(rows, scaling.length)
  let best: Solution | undefined
  let penalty = penalties[0]
  for (const candidate of penalties) {
    const solution = solve(rows, centred, gram, candidate * n)
    if (solution === undefined || (best !== undefined && !(solution.error < best.error))) continue
    best = solution
    penalty = candidate
  }
  const { weights, unseen } = best ?? { weights: new Float64Array(scaling.length), unseen: new Float64Array(n) }
  const origin = scaling.apply(new Float64Array(scaling.length))
  const coefficients = weights.map((weight, place) => weight * slopeOf(scaling, place, origin))
  const intercept = mean + dot(weights, origin)
  return {
    model: { coefficients, intercept, predict: (input) => mean + dot(weights, scaling.apply(input)) },
    unseen: unseen.map((value) => value + mean),
    penalty,
  }
}

/** By how much a scaled place grows with the input. */
function slopeOf(scaling: ReturnType<typeof scalingOf>, place: number, origin: Float64Array): number {
  const unit = new Float64Array(scaling.length)
  unit[place] = 1
  return scaling.apply(unit)[place] - origin[place]
}

function gramOf(rows: readonly Float64Array[], p: number): Float64Array {
  const gram = new Float64Array(p * p)
  for (const row of rows)
    for (let i = 0; i < p; i++) {
      const value = row[i]
      if (value !== 0) for (let j = 0; j <= i; j++) gram[i * p + j] += value * row[j]
    }
  return gram
}

function solve(rows: readonly Float64Array[], targets: Float64Array, gram: Float64Array, penalty: number): Solution | undefined {
  const n = rows.length
  const p = rows[0].length
  const matrix = gram.slice()
  for (let i = 0; i < p; i++) matrix[i * p + i] += penalty
  const lower = cholesky(matrix, p)
  if (lower === undefined) return undefined
  const right = new Float64Array(p)
  for (const [i, row] of rows.entries()) for (let j = 0; j < p; j++) right[j] += row[j] * targets[i]
  const weights = solveUpper(lower, p, solveLower(lower, p, right))
  const unseen = new Float64Array(n)
  let error = 0
  for (const [i, row] of rows.entries()) {
    const half = solveLower(lower, p, row)
    const leverage = Math.min(1 - 1e-9, 1 / n + dot(half, half))
    const residual = (targets[i] - dot(weights, row)) / (1 - leverage)
    unseen[i] = targets[i] - residual
    error += residual * residual
  }
  return { weights, unseen, error }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

export const ridge: RegressorEntry = {
  name: 'ridge',
  summary: 'linear, with a penalty on squared coefficients chosen by leaving examples out',
  paper: 'Hoerl and Kennard 1970',
  fit: (inputs, targets) => fitRidge(inputs, targets),
}
