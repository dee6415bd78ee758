import { pickMany, type Random } from '../../space/index.ts'
import { crossPredict } from './folds.ts'
import type { Regressor, RegressorEntry } from './regressor.ts'
import { centreOf } from './scaling.ts'
import { bin, Tree } from './tree.ts'

export interface BoostingOptions {
  readonly rounds: number
  /** Share of each tree that is added. */
  readonly rate: number
  readonly depth: number
  readonly leaf: number
  /** Share of the examples, drawn without replacement, that a tree sees. */
  readonly sample: number
  /** Share of the features looked at in a split. */
  readonly share: number
}

const usual: BoostingOptions = { rounds: 200, rate: 0.08, depth: 3, leaf: 3, sample: 0.7, share: 0.5 }

/**
 * Stochastic gradient boosting of squared error (Friedman 2001, 2002) over histograms (Ke et al. 2017, LightGBM): small trees, each of what those before it left
 * unexplained.
 */
export function fitBoosting(
  inputs: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  random: Random,
  options: Partial<BoostingOptions> = {},
): Regressor {
  const { rounds, rate, depth, leaf, sample, share } = { ...usual, ...options }
  const n = inputs.length
  const data = bin(inputs)
  const features = Math.max(1, Math.round(share * inputs[0].length))
  const count = Math.max(Math.min(n, 2 * leaf), Math.round(sample * n))
  const { mean } = centreOf(targets)
  const left = Float64Array.from({ length: n }, (_, i) => targets[i] - mean)
  const all = inputs.map((_, i) => i)
  const trees = Array.from({ length: rounds }, () => {
    const rows = Int32Array.from(count < n ? pickMany(random, all, count) : all)
    const tree = new Tree(data, left, rows, { depth, leaf, features }, random)
    for (let i = 0; i < n; i++) left[i] -= rate * tree.predict(inputs[i])
    return tree
  })
  return { predict: (input) => trees.reduce((sum, tree) => sum + rate * tree.predict(input), mean) }
}

export const boosting: RegressorEntry = {
  name: 'boosting',
  summary: 'gradient boosting: two hundred small trees, each of what those before it left unexplained',
  paper: 'Friedman 2001',
  fit: (inputs, targets, random) => ({
    model: fitBoosting(inputs, targets, random),
    unseen: crossPredict(inputs, targets, (some, values) => fitBoosting(some, values, random), random),
  }),
}
