import type { Dataset } from '../data/dataset.ts'
import type { Evaluation } from '../train/index.ts'
import { type Mistake, readRecords, type TestResult } from './artifact.ts'

/** Mistakes that are kept: enough to look at, little enough to embed as pictures. */
const keptMistakes = 24
/** Points of a regression's scatter plot. */
const keptPoints = 600

/** What is kept of the test part's evaluation: counts, a sample of points, and the most telling mistakes with their inputs. */
export function summarizeTest(dataset: Dataset, evaluation: Evaluation): TestResult {
  const { targets, count } = dataset.test
  const { metrics, confusion } = evaluation
  if (dataset.task === 'classification') return { count, metrics, confusion, mistakes: wrongClasses(dataset, evaluation) }
  const step = Math.max(1, count / keptPoints)
  const points = Array.from({ length: Math.min(count, keptPoints) }, (_, i): readonly [number, number] => {
    const index = Math.floor(i * step)
    return [targets[index], evaluation.predictions[index]]
  })
  return { count, metrics, points, mistakes: largestErrors(dataset, evaluation) }
}

/** The most confident mistakes, at most a third of them of one pair of classes, so that one confusion does not hide the others. */
function wrongClasses(dataset: Dataset, { predictions, probabilities }: Evaluation): Mistake[] {
  const { classes, test } = dataset
  const confidence = (index: number): number => probabilities?.[index * classes.length + predictions[index]] ?? 0
  const wrong = Array.from({ length: test.count }, (_, i) => i)
    .filter((i) => predictions[i] !== test.targets[i])
    .sort((a, b) => confidence(b) - confidence(a) || a - b)
  const pairs = new Map<string, number>()
  const chosen = wrong.filter((i) => {
    const pair = `${test.targets[i]} ${predictions[i]}`
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    return (pairs.get(pair) as number) <= keptMistakes / 3
  })
  return chosen.slice(0, keptMistakes).map((index) => ({
    index,
    truth: classes[test.targets[index]],
    predicted: classes[predictions[index]],
    confidence: confidence(index),
    input: rawInput(dataset, index),
  }))
}

function largestErrors(dataset: Dataset, { predictions }: Evaluation): Mistake[] {
  const { targets, count } = dataset.test
  const error = (index: number): number => Math.abs(predictions[index] - targets[index])
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => error(b) - error(a) || a - b)
  return order.slice(0, keptMistakes).map((index) => ({
    index,
    truth: String(targets[index]),
    predicted: String(predictions[index]),
    input: rawInput(dataset, index),
  }))
}

const rawInput = (dataset: Dataset, index: number): number[] => Array.from(readRecords(dataset.test, dataset.input, [index]))
