import type { Belief } from '../belief.ts'
import { cholesky, solveLower, solveUpper } from '../cholesky.ts'
import type { Curve, CurveBelief } from './curve.ts'
import { normalBelief } from './normal-belief.ts'

/** What curves are like: each is its own asymptote, a decay that dies away, and noise. */
export interface CurvePrior {
  /** Of the asymptotes. */
  readonly level: number
  readonly spread: number
  /** Shape of the decay's kernel, in per cent of the training. */
  readonly alpha: number
  readonly beta: number
  /** Deviation of the decay at the beginning, and of the noise. */
  readonly scale: number
  readonly noise: number
}

const ALPHAS = [0.5, 1, 2]
const BETAS = [2, 8, 32]
const SCALES = [0.7, 2]
const NOISES = [0.01, 0.05, 0.2]
/** Most curves and points of each that a prior is chosen by. */
const CURVES = 16
const POINTS = 10

/** Kernel of exponential decays of all rates, weighted by a gamma distribution (Swersky, Snoek and Adams 2014): correlation dies with the sum of times. */
export const decayKernel = (t: number, u: number, { alpha, beta }: Pick<CurvePrior, 'alpha' | 'beta'>): number =>
  (beta / (t + u + beta)) ** alpha

/**
 * The prior under which curves are likeliest; from one curve alone, or shared by all that were trained whole.
 *
 * @param whole other curves from beginning to end @param own the curve that is to be continued, taken when there are no others
 */
export function choosePrior(whole: readonly Curve[], own: Curve): CurvePrior {
  const step = Math.ceil(whole.length / CURVES)
  const curves = whole.length === 0 ? [own] : whole.filter((_, i) => i % step === 0)
  const ends = (whole.length === 0 ? [own] : whole).map(({ values }) => values[values.length - 1])
  const gains = curves.map(({ values }) => Math.max(...values) - Math.min(...values)).sort((a, b) => a - b)
  const gain = gains[gains.length >> 1] || 1e-9
  const level = ends.toSorted((a, b) => a - b)[ends.length >> 1]
  // One curve says nothing of how asymptotes differ: as much as it has gained.
  const spread = ends.length > 2 ? Math.sqrt(ends.reduce((sum, end) => sum + (end - level) ** 2, 0) / ends.length) + 1e-6 * gain : gain
  const thinned = curves.map(geometric)
  let best: CurvePrior | undefined
  let most = -Infinity
  for (const alpha of ALPHAS)
    for (const beta of BETAS)
      for (const scale of SCALES)
        for (const noise of NOISES) {
          const prior = { level, spread, alpha, beta, scale: scale * gain, noise: noise * gain }
          const likelihood = thinned.reduce((sum, curve) => sum + logLikelihood(curve, prior), 0)
          if (likelihood > most) [best, most] = [prior, likelihood]
        }
  return best ?? { level, spread, alpha: 1, beta: 4, scale: gain, noise: 0.05 * gain }
}

/** Points at about equal ratios of their times, where a curve says most. */
function geometric({ shares, values }: Curve): Curve {
  const n = shares.length
  if (n <= POINTS) return { shares, values }
  const places = [...new Set(Array.from({ length: POINTS }, (_, i) => Math.round(n ** (i / (POINTS - 1))) - 1))]
  return { shares: places.map((place) => shares[place]), values: places.map((place) => values[place]) }
}

const covariance = (t: number, u: number, prior: CurvePrior): number =>
  prior.spread ** 2 + prior.scale ** 2 * decayKernel(100 * t, 100 * u, prior)

function factor({ shares }: Curve, prior: CurvePrior): Float64Array | undefined {
  const n = shares.length
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = covariance(shares[i], shares[j], prior)
    matrix[i * n + i] += prior.noise ** 2 + 1e-10 * prior.scale ** 2
  }
  return cholesky(matrix, n)
}

function logLikelihood(curve: Curve, prior: CurvePrior): number {
  const n = curve.values.length
  const lower = factor(curve, prior)
  if (lower === undefined) return -Infinity
  const white = solveLower(
    lower,
    n,
    curve.values.map((value) => value - prior.level),
  )
  let sum = 0
  for (let i = 0; i < n; i++) sum -= 0.5 * white[i] ** 2 + Math.log(lower[i * n + i])
  return sum
}

/**
 * Continues a curve by a Gaussian process in the manner of freeze-thaw (Swersky, Snoek and Adams 2014, arXiv:1406.3896).
 *
 * @param asymptote what is believed of the curve's asymptote from elsewhere, such as a model of the architecture; default: the prior's
 */
export function thaw(curve: Curve, prior: CurvePrior, asymptote?: Belief): CurveBelief {
  const own = asymptote === undefined ? prior : { ...prior, level: asymptote.mean, spread: asymptote.deviation }
  const seen = geometric(curve)
  const n = seen.shares.length
  const lower = factor(seen, own)
  if (lower === undefined) return normalBelief(own.level, Math.hypot(own.spread, own.noise))
  const row = seen.shares.map((share) => covariance(share, 1, own))
  const errors = seen.values.map((value) => value - own.level)
  const weights = solveUpper(lower, n, solveLower(lower, n, errors))
  const half = solveLower(lower, n, row)
  const explained = half.reduce((sum, value) => sum + value * value, 0)
  const mean = own.level + row.reduce((sum, value, i) => sum + value * weights[i], 0)
  return normalBelief(mean, Math.sqrt(Math.max(0, covariance(1, 1, own) - explained) + own.noise ** 2))
}
