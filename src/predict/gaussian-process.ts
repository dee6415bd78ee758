import type { Belief } from './belief.ts'
import { cholesky, solveLower, solveUpper } from './cholesky.ts'

/** Added to the diagonal when rounding has made a matrix not positive definite, ever more. */
const JITTERS = [0, 1e-8, 1e-6, 1e-4, 1e-2]

/**
 * Gaussian process regression with zero mean (Rasmussen and Williams 2006, algorithm 2.1): the kernel is given as matrices, so it may be over
 * anything, graphs as well as vectors.
 */
export class GaussianProcess {
  /** Logarithm of the probability of the targets: how well the kernel explains them. */
  readonly logLikelihood: number
  readonly #lower: Float64Array
  readonly #weights: Float64Array
  readonly #count: number

  /**
   * @param gram kernel of every two examples, n×n row by row
   * @param targets n values, best with mean 0 and deviation 1
   * @param noise variance of a measurement
   */
  constructor(gram: Float64Array, targets: ArrayLike<number>, noise: number) {
    const n = targets.length
    this.#count = n
    this.#lower = factor(gram, n, noise)
    this.#weights = solveUpper(this.#lower, n, solveLower(this.#lower, n, targets))
    let fit = 0
    let volume = 0
    for (let i = 0; i < n; i++) {
      fit += targets[i] * this.#weights[i]
      volume += Math.log(this.#lower[i * n + i])
    }
    this.logLikelihood = -0.5 * fit - volume - 0.5 * n * Math.log(2 * Math.PI)
  }

  /** Mean of the belief at a point, which costs far less than the whole. */
  mean(row: Float64Array): number {
    let mean = 0
    for (let i = 0; i < this.#count; i++) mean += row[i] * this.#weights[i]
    return mean
  }

  /**
   * Belief at a point.
   *
   * @param row kernel of the point with each example
   * @param self kernel of the point with itself
   */
  predict(row: Float64Array, self: number): Belief {
    const explained = solveLower(this.#lower, this.#count, row)
    let variance = self
    for (let i = 0; i < this.#count; i++) variance -= explained[i] * explained[i]
    return { mean: this.mean(row), deviation: Math.sqrt(Math.max(variance, 0)) }
  }
}

function factor(gram: Float64Array, n: number, noise: number): Float64Array {
  for (const jitter of JITTERS) {
    const a = Float64Array.from(gram)
    for (let i = 0; i < n; i++) a[i * n + i] += noise + jitter
    const lower = cholesky(a, n)
    if (lower) return lower
  }
  throw new RangeError('The kernel matrix is not positive semi-definite.')
}
