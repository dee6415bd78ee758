import type { RunConfig, TrialRow } from './events.ts'
import { isBetter } from './fold.ts'

/**
 * Trials whose models need not be kept: all finished ones but the best, the latest (as many as there are workers: their results may not have been told
 * yet), and those from which a trial that may still run begins.
 *
 * @param most how many of the best are kept
 */
export function forgotten(
  rows: readonly TrialRow[],
  { objectives, workers }: Pick<RunConfig, 'objectives' | 'workers'>,
  most: number,
): readonly number[] {
  const [objective] = objectives
  const last = rows.reduce((number, row) => Math.max(number, row.number), -1)
  const isLatest = ({ number }: TrialRow): boolean => number > last - workers
  const needed = new Set(rows.filter((row) => row.status === 'running' || isLatest(row)).map(({ inherits }) => inherits))
  return rows
    .filter((row) => row.status === 'finished' && row.replayOf === undefined && !isLatest(row))
    .toSorted((a, b) => compare(a, b, objective) || a.number - b.number)
    .slice(most)
    .map(({ number }) => number)
    .filter((number) => !needed.has(number))
}

function compare(a: TrialRow, b: TrialRow, { metric, direction }: RunConfig['objectives'][number]): number {
  const [first, second] = [a.metrics[metric], b.metrics[metric]]
  if (isBetter(first, second, direction)) return -1
  return isBetter(second, first, direction) ? 1 : 0
}
