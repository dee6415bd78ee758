import type { Dataset } from '../data/dataset.ts'

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
