import type { Dataset } from '../data/dataset.ts'
import type { Task } from '../network/network.ts'

/** Numbers by name: what was measured of a network, and its cost. */
export type Measured = Readonly<Record<string, number>>

/**
 * A reward of the user's own, to be made greater, from what is known of a network: `accuracy` (or `rmse`, … with tables), `parameters`, `flops`, and once it was
 * trained also `loss`, `bytes` and `latencyMs`.
 *
 * @example
 * ({ accuracy, flops }) => accuracy * (10e6 / flops) ** 0.07
 */
export type Reward = (measured: Measured) => number

/** The metric that a `Reward` gives. */
export const rewardMetric = 'reward'

/** What a measure on a batch, from 0 to 1, counts as in rewards; of regression the share that is left of the error. */
export const batchMetric = (task: Task): string => (task === 'classification' ? 'accuracy' : 'r2')

/** What outputs on a batch are worth, the more the better: share of right classes, or how little the standardised error is, in (0, 1]. */
export function batchReward({ task, classes }: Pick<Dataset, 'task' | 'classes'>, outputs: Float32Array, targets: Float32Array): number {
  if (task === 'regression') {
    const error = outputs.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / Math.max(1, outputs.length)
    return 1 / (1 + error)
  }
  const width = classes.length
  const best = (values: Float32Array, row: number): number => {
    const list = values.subarray(row * width, (row + 1) * width)
    return list.indexOf(list.reduce((a, b) => Math.max(a, b)))
  }
  const rows = outputs.length / width
  let right = 0
  for (let row = 0; row < rows; row++) if (best(outputs, row) === best(targets, row)) right++
  return right / Math.max(1, rows)
}
