import type { DataSummary } from '../artifact.ts'

/** What examples are called: pictures, rows, signals. */
export const exampleWord = ({ kind }: Pick<DataSummary, 'kind'>, count = 2): string => {
  const word = { image: 'picture', table: 'row', signal: 'signal' }[kind]
  return count === 1 ? word : `${word}s`
}

/** Names of metrics as people say them, and what they mean. */
export const metricWords: Readonly<Record<string, { readonly name: string; readonly meaning: string }>> = {
  accuracy: { name: 'Accuracy', meaning: 'share of examples for which the answer is right' },
  'balanced-accuracy': {
    name: 'Balanced accuracy',
    meaning: 'accuracy averaged over the classes, so that rare ones count as much as frequent ones',
  },
  f1: { name: 'F1', meaning: 'balance of finding a class and not calling others by its name, averaged over the classes; 1 is perfect' },
  auc: {
    name: 'AUC',
    meaning: 'chance that an example of the second class is rated above one of the first; 0.5 is guessing, 1 is perfect',
  },
  loss: { name: 'Loss', meaning: 'what training makes small: it punishes answers that are wrong and sure of themselves' },
  rmse: { name: 'RMSE', meaning: 'typical size of an error, large errors weighing more; in the unit of the target' },
  mae: { name: 'MAE', meaning: 'mean size of an error, in the unit of the target' },
  r2: { name: 'R²', meaning: 'share of the differences between targets that the model explains; 0 is as good as the mean, 1 is perfect' },
  parameters: { name: 'Parameters', meaning: 'numbers that training has set' },
  flops: { name: 'FLOPs', meaning: 'additions and multiplications for one example' },
  latencyMs: { name: 'Latency', meaning: 'milliseconds for one example on the machine of the search' },
  bytes: { name: 'Size', meaning: 'bytes of the weights' },
}

export const metricName = (metric: string): string => metricWords[metric]?.name ?? metric

/** The name within a sentence: `accuracy`, but `R²`. */
export const metricInSentence = (metric: string): string => metricName(metric).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())

const shares: ReadonlySet<string> = new Set(['accuracy', 'balanced-accuracy'])

/** Whether a metric is a share that reads best in percent. */
export const isShare = (metric: string): boolean => shares.has(metric)
