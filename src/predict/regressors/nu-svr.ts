import { crossPredict } from './folds.ts'
import type { Regressor, RegressorEntry } from './regressor.ts'
import { centreOf, scalingOf } from './scaling.ts'

export interface NuSvrOptions {
  /** Largest weight of an example. */
  readonly cost: number
  /** Bound on the share of examples outside the tube, and on that of support vectors from below. */
  readonly nu: number
  /** Of the kernel exp(−gamma·|a − b|²) on scaled inputs; default: one over their number. */
  readonly gamma?: number
  readonly tolerance: number
}

const usual: NuSvrOptions = { cost: 3, nu: 0.5, tolerance: 1e-3 }

/**
 * Support vector regression that finds the width of its tube itself (Schölkopf et al. 2000), with a Gaussian kernel; inputs and targets are scaled to deviation 1.
 * Solved two weights at a time, those that violate the conditions of the optimum most (Keerthi et al. 2001).
 */
export function fitNuSvr(inputs: readonly ArrayLike<number>[], targets: ArrayLike<number>, options: Partial<NuSvrOptions> = {}): Regressor {
  const settings = { ...usual, ...options }
  const scaling = scalingOf(inputs)
  const rows = inputs.map((input) => scaling.apply(input))
  const { mean, deviation } = centreOf(targets)
  const values = Float64Array.from(rows, (_, i) => (targets[i] - mean) / deviation)
  const gamma = settings.gamma ?? 1 / Math.max(1, scaling.length)
  const kernel = (a: Float64Array, b: Float64Array): number => Math.exp(-gamma * distance(a, b))
  const { weights, bias } = solve(kernelMatrix(rows, kernel), values, settings)
  const support = rows.flatMap((row, i) => (weights[i] === 0 ? [] : [{ row, weight: weights[i] }]))
  return {
    predict(input) {
      const point = scaling.apply(input)
      return mean + deviation * support.reduce((sum, { row, weight }) => sum + weight * kernel(row, point), bias)
    },
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return sum
}

const kernelMatrix = (rows: readonly Float64Array[], kernel: (a: Float64Array, b: Float64Array) => number): readonly Float64Array[] =>
  rows.map((row) => Float64Array.from(rows, (other) => kernel(row, other)))

/** One side of the tube: weights of examples above it, or below it. */
interface Side {
  readonly weights: Float64Array
  /** 1 where a weight pulls the function up, −1 where it pulls it down. */
  readonly sign: 1 | -1
}

/** The pair of a side whose exchange of weight helps most: `to` gains what `from` loses. */
interface Pair {
  readonly side: Side
  readonly to: number
  readonly from: number
  readonly violation: number
}

function solve(
  matrix: readonly Float64Array[],
  values: Float64Array,
  { cost, nu, tolerance }: NuSvrOptions,
): { readonly weights: Float64Array; readonly bias: number } {
  const n = values.length
  const sides: readonly Side[] = [
    { weights: startingWeights(n, cost, nu), sign: 1 },
    { weights: startingWeights(n, cost, nu), sign: -1 },
  ]
  // Both sides begin alike, so the function begins as 0: function less target.
  const errors = values.map((value) => -value)
  for (let step = 0; step < 1000 * n; step++) {
    const [up, down] = sides.map((side) => worst(side, errors, cost))
    const { side, to, from, violation } = up.violation >= down.violation ? up : down
    if (!(violation > tolerance)) break
    const curvature = Math.max(1e-12, matrix[to][to] + matrix[from][from] - 2 * matrix[to][from])
    const moved = Math.min(violation / curvature, cost - side.weights[to], side.weights[from])
    side.weights[to] += moved
    side.weights[from] -= moved
    for (let i = 0; i < n; i++) errors[i] += side.sign * moved * (matrix[to][i] - matrix[from][i])
  }
  const [above, below] = sides
  return {
    weights: above.weights.map((weight, i) => weight - below.weights[i]),
    bias: -(level(above, errors, cost) + level(below, errors, cost)) / 2,
  }
}

/** The sum that the weights of a side must keep, on as few examples as it fits. */
function startingWeights(n: number, cost: number, nu: number): Float64Array {
  let left = (cost * nu * n) / 2
  return Float64Array.from({ length: n }, () => {
    const weight = Math.min(left, cost)
    left -= weight
    return weight
  })
}

function worst(side: Side, errors: Float64Array, cost: number): Pair {
  const { weights, sign } = side
  let [to, from, least, most] = [0, 0, Infinity, -Infinity]
  for (let i = 0; i < errors.length; i++) {
    const slope = sign * errors[i]
    if (weights[i] < cost && slope < least) [to, least] = [i, slope]
    if (weights[i] > 0 && slope > most) [from, most] = [i, slope]
  }
  return { side, to, from, violation: most - least }
}

/** Error on a side's border of the tube: that of weights strictly between their bounds, which lie on it. */
function level({ weights, sign }: Side, errors: Float64Array, cost: number): number {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity]
  for (let i = 0; i < errors.length; i++) {
    const slope = sign * errors[i]
    if (weights[i] > 0 && weights[i] < cost) {
      sum += slope
      count++
    } else if (weights[i] === 0) least = Math.min(least, slope)
    else most = Math.max(most, slope)
  }
  if (count > 0) return (sign * sum) / count
  const finite = [least, most].filter(Number.isFinite)
  return (sign * finite.reduce((total, value) => total + value, 0)) / Math.max(1, finite.length)
}

export const nuSvr: RegressorEntry = {
  name: 'nu-svr',
  summary: 'support vector regression with a Gaussian kernel, which finds the width of its tube itself',
  paper: 'Schölkopf, Smola, Williamson, Bartlett 2000',
  fit: (inputs, targets, random) => ({
    model: fitNuSvr(inputs, targets),
    unseen: crossPredict(inputs, targets, (some, values) => fitNuSvr(some, values), random),
  }),
}
