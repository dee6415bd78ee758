import { integer, type Random } from '../../space/index.ts'
import type { Fit, RegressorEntry } from './regressor.ts'
import { centreOf } from './scaling.ts'
import { bin, Tree } from './tree.ts'

export interface ForestOptions {
  readonly trees: number
  readonly leaf: number
  /** Share of the features looked at in a split. */
  readonly share: number
}

const usual: ForestOptions = { trees: 100, leaf: 2, share: 1 / 3 }

/**
 * Random forest (Breiman 2001): the mean of deep trees, each grown on a sample with replacement, each split among some of the features. What it says of an
 * example unseen is the mean of the trees whose sample had left it out.
 */
export function fitForest(
  inputs: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  random: Random,
  options: Partial<ForestOptions> = {},
): Fit {
  const { trees, leaf, share } = { ...usual, ...options }
  const n = inputs.length
  const data = bin(inputs)
  const features = Math.max(1, Math.round(share * inputs[0].length))
  const { mean } = centreOf(targets)
  const sums = new Float64Array(n)
  const counts = new Float64Array(n)
  const grown = Array.from({ length: trees }, () => {
    const rows = Int32Array.from({ length: n }, () => integer(random, 0, n - 1))
    const taken = new Set(rows)
    const tree = new Tree(data, targets, rows, { depth: 30, leaf, features }, random)
    for (let i = 0; i < n; i++)
      if (!taken.has(i)) {
        sums[i] += tree.predict(inputs[i])
        counts[i]++
      }
    return tree
  })
  return {
    model: { predict: (input) => grown.reduce((sum, tree) => sum + tree.predict(input), 0) / trees },
    unseen: sums.map((sum, i) => (counts[i] > 0 ? sum / counts[i] : mean)),
  }
}

export const forest: RegressorEntry = {
  name: 'forest',
  summary: 'random forest: the mean of a hundred deep trees on samples of the examples',
  paper: 'Breiman 2001',
  fit: (inputs, targets, random) => fitForest(inputs, targets, random),
}
