/** Pure metrics over predictions; the definitions are scikit-learn's. */

export type Metrics = Readonly<Record<string, number>>

/** Rows of probabilities from rows of logits. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length)
  for (let row = 0; row < logits.length; row += classes) {
    const log = logSumExp(logits, row, classes)
    for (let k = 0; k < classes; k++) probabilities[row + k] = Math.exp(logits[row + k] - log)
  }
  return probabilities
}

function logSumExp(values: Float32Array, from: number, count: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) largest = Math.max(largest, values[from + k])
  let sum = 0
  for (let k = 0; k < count; k++) sum += Math.exp(values[from + k] - largest)
  return largest + Math.log(sum)
}

/** Index of each row's first largest value. */
export function argmaxRows(values: Float32Array, classes: number): Int32Array {
  const best = new Int32Array(values.length / classes)
  for (let row = 0; row < best.length; row++) {
    let top = 0
    for (let k = 1; k < classes; k++) if (values[row * classes + k] > values[row * classes + top]) top = k
    best[row] = top
  }
  return best
}

/** Mean of − log p(target). */
export function crossEntropy(logits: Float32Array, targets: ArrayLike<number>, classes: number): number {
  let sum = 0
  for (let row = 0; row < targets.length; row++) sum += logSumExp(logits, row * classes, classes) - logits[row * classes + targets[row]]
  return sum / targets.length
}

/** Counts by true class (rows) and predicted class (columns). */
export function confusionMatrix(predicted: ArrayLike<number>, targets: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  for (let i = 0; i < targets.length; i++) counts[targets[i]][predicted[i]] += 1
  return counts
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

export const accuracy = (confusion: readonly (readonly number[])[]): number =>
  sum(confusion.map((row, k) => row[k])) / sum(confusion.map((row) => sum(row)))

/** Mean recall of the classes that occur. */
export const balancedAccuracy = (confusion: readonly (readonly number[])[]): number =>
  mean(confusion.flatMap((row, k) => (sum(row) > 0 ? [row[k] / sum(row)] : [])))

/** Mean F1 of the classes that occur or are predicted. */
export const macroF1 = (confusion: readonly (readonly number[])[]): number =>
  mean(
    confusion.flatMap((row, k) => {
      const both = sum(row) + sum(confusion.map((other) => other[k]))
      return both > 0 ? [(2 * row[k]) / both] : []
    }),
  )

/**
 * Area under the ROC curve: the chance that an example of class 1 scores above one of class 0, equal scores counting half.
 * Undefined when a class is missing.
 */
export function areaUnderCurve(scores: ArrayLike<number>, targets: ArrayLike<number>): number | undefined {
  const order = Array.from({ length: targets.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b])
  let positives = 0
  let rankSum = 0
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++
    // Equal scores share the mean of their ranks, which count from 1.
    const rank = (start + end + 1) / 2
    for (let i = start; i < end; i++) {
      if (targets[order[i]] !== 1) continue
      positives += 1
      rankSum += rank
    }
    start = end
  }
  const negatives = targets.length - positives
  if (positives === 0 || negatives === 0) return undefined
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/**
 * accuracy, balanced-accuracy, f1 (macro), loss, and auc where there are two classes.
 * @param logits [examples × classes]
 * @param targets class of each example
 */
export function classificationMetrics(logits: Float32Array, targets: ArrayLike<number>, classes: number): Metrics {
  const confusion = confusionMatrix(argmaxRows(logits, classes), targets, classes)
  const metrics: Record<string, number> = {
    accuracy: accuracy(confusion),
    'balanced-accuracy': balancedAccuracy(confusion),
    f1: macroF1(confusion),
    loss: crossEntropy(logits, targets, classes),
  }
  if (classes === 2) {
    const auc = areaUnderCurve(
      Array.from(targets, (_, i) => logits[2 * i + 1] - logits[2 * i]),
      targets,
    )
    if (auc !== undefined) metrics.auc = auc
  }
  return metrics
}

/**
 * rmse, mae, r2 in the target's own unit; loss is the mean squared error of the standardised target.
 * @param deviation that the target is standardised by
 */
export function regressionMetrics(predictions: ArrayLike<number>, targets: ArrayLike<number>, deviation = 1): Metrics {
  const count = targets.length
  const errors = Array.from({ length: count }, (_, i) => predictions[i] - targets[i])
  const middle = mean(Array.from(targets))
  const squared = sum(errors.map((error) => error ** 2))
  const total = sum(Array.from(targets, (target) => (target - middle) ** 2))
  const constant = squared === 0 ? 1 : 0
  return {
    rmse: Math.sqrt(squared / count),
    mae: sum(errors.map(Math.abs)) / count,
    r2: total > 0 ? 1 - squared / total : constant,
    loss: squared / count / deviation ** 2,
  }
}
