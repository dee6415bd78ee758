/** What a model says of one input. */
export interface Prediction {
  /** The picture's path; for a table its path, a colon and the number of the row, counted from 1. */
  readonly input: string
  /** Name of the most probable class, or the value; empty when the input could not be read. */
  readonly prediction: string | number
  /** Probability of each class by name; absent for regression. */
  readonly probabilities?: Readonly<Record<string, number>>
  /** Why there is no prediction. */
  readonly error?: string
}

/** Predictions as CSV: a header, then a row for each in their order; with the probability of each class where there are classes. */
export function toCsv(rows: readonly Prediction[]): string {
  const classes = Object.keys(rows.find(({ probabilities }) => probabilities)?.probabilities ?? {})
  const lines = rows.map(({ input, prediction, probabilities }) => [
    input,
    String(prediction),
    ...classes.map((name) => String(probabilities?.[name] ?? '')),
  ])
  return [['input', 'prediction', ...classes], ...lines].map((cells) => `${cells.map(quote).join(',')}\n`).join('')
}

/** A cell in quotes where its text would end it early. */
const quote = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
