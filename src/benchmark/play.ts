import type { Objective, Strategy, StrategyEntry } from '../strategy/index.ts'
import type { Problem } from './problem.ts'

/** Name of the one metric that strategies see. */
const METRIC = 'signal'

/** What one strategy did on a table with one seed. */
export interface Play {
  /** Truth of the best trial by signal, after each of the checkpoints; NaN before the first trial that has one. */
  readonly truths: readonly number[]
  /** Trials made: fewer than the budget when the strategy had no more to propose. */
  readonly trials: number
  /** Simulated seconds of all trials; NaN where the table has none. */
  readonly seconds: number
}

type Settings = Readonly<Record<string, number | string | boolean>>

/**
 * Searches a table: asks, looks the answer up, tells, as the loop of a real search does with one worker. Every proposal is a trial, an architecture that was
 * proposed before, too; one that the table does not hold is a failed trial.
 *
 * @param checkpoints numbers of trials, rising; the last one is the budget
 */
export function play(problem: Problem, entry: StrategyEntry, options: Settings, seed: number, checkpoints: readonly number[]): Play {
  const { direction, space, signal, truth, seconds } = problem
  const objectives: readonly Objective[] = [{ metric: METRIC, direction }]
  const strategy: Strategy = entry.make({ space, seed, objectives }, options)
  const sign = direction === 'maximize' ? 1 : -1
  const budget = checkpoints[checkpoints.length - 1]
  const truths: number[] = []
  let best: number | undefined
  let spent = 0
  let number = 0
  for (; number < budget; number++) {
    const proposal = strategy.ask(number)
    if (proposal === 'exhausted') break
    const { architecture } = proposal
    const row = problem.row(architecture)
    const value = row === undefined ? Number.NaN : signal[row]
    const known = row !== undefined && Number.isFinite(value)
    if (known && (best === undefined || sign * value > sign * signal[best])) best = row
    if (seconds) spent += row === undefined ? 0 : seconds[row]
    strategy.tell(
      known
        ? { number, architecture, status: 'finished', metrics: { [METRIC]: value } }
        : { number, architecture, status: 'failed', metrics: {} },
    )
    if (number + 1 === checkpoints[truths.length]) truths.push(best === undefined ? Number.NaN : truth[best])
  }
  while (truths.length < checkpoints.length) truths.push(best === undefined ? Number.NaN : truth[best])
  return { truths, trials: number, seconds: seconds ? spent : Number.NaN }
}

/** Most points of a curve. */
const POINTS = 500

/** Numbers of trials after which is looked: every one, or as many as a curve holds, evenly. */
export function checkpointsOf(budget: number): readonly number[] {
  const count = Math.min(budget, POINTS)
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * budget) / count))
}
