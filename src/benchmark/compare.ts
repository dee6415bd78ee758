import { randomFor } from '../space/index.ts'
import { checkpointsOf, type Play } from './play.ts'
import type { ProblemData } from './problem.ts'
import { confidence, mannWhitney, type Spread, spreadOf } from './statistics.ts'

type Settings = Readonly<Record<string, number | string | boolean>>

/** A strategy of the registry, with options. */
export interface Contestant {
  readonly name: string
  readonly options: Settings
}

/** One play to be made. */
export interface Task extends Contestant {
  readonly seed: number
  readonly checkpoints: readonly number[]
}

/** Makes all plays, in any order; `plays[i]` belongs to `tasks[i]`. */
export type PlayAll = (tasks: readonly Task[], onPlay: (task: Task) => void) => Promise<readonly Play[]>

/** A point of a regret curve: the mean over seeds and its 95 % confidence interval. */
export interface RegretPoint {
  readonly trials: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** How a strategy did. */
export interface StrategyResult {
  /** Truth of the best trial by signal at the end, over the seeds. */
  readonly final: Spread
  /** 1 is the best mean. */
  readonly rank: number
  /** How far that trial's truth is from the best of the table. */
  readonly regret: readonly RegretPoint[]
  /** One-sided Mann–Whitney test of the final truths against those of random search; null for random search itself. */
  readonly pValue: number | null
  /** Trials made on average: fewer than the budget when it ran out of proposals. */
  readonly trials: number
  /** Simulated seconds on average; null where the table has none. */
  readonly seconds: number | null
}

export interface Comparison {
  readonly budget: number
  readonly repeats: number
  readonly seed: number
  readonly direction: ProblemData['direction']
  /** The best truth of the table, and the truth of the row with the best signal: what a search that sees all would choose. */
  readonly optimum: { readonly truth: number; readonly chosen: number }
  readonly strategies: Readonly<Record<string, StrategyResult>>
}

export interface CompareOptions {
  /** Random search is added when it is not among them. */
  readonly contestants: readonly Contestant[]
  readonly budget: number
  readonly repeats: number
  readonly seed: number
  readonly onPlay?: (task: Task) => void
}

/** What everything is measured against. */
export const BASELINE = 'random'

/** Lets strategies search a table with many seeds and compares what they find. The seeds of two strategies have nothing in common, as the test wants. */
export async function compare(problem: ProblemData, options: CompareOptions, playAll: PlayAll): Promise<Comparison> {
  const { budget, repeats, seed, onPlay = () => {} } = options
  const contestants = withBaseline(options.contestants)
  const checkpoints = checkpointsOf(budget)
  const tasks = contestants.flatMap((contestant) =>
    Array.from({ length: repeats }, (_, repeat): Task => ({ ...contestant, seed: seedOf(seed, contestant.name, repeat), checkpoints })),
  )
  const plays = await playAll(tasks, onPlay)
  const optimum = optimumOf(problem)
  const of = (name: string): readonly Play[] => plays.filter((_, i) => tasks[i].name === name)
  const results = contestants.map(({ name }) => [name, summarise(of(name), of(BASELINE), problem, optimum.truth, checkpoints)] as const)
  const sign = problem.direction === 'maximize' ? 1 : -1
  const strategies = Object.fromEntries(
    results.map(([name, result]) => {
      const better = results.filter(([, other]) => sign * other.final.mean > sign * result.final.mean).length
      return [name, { ...result, rank: better + 1, pValue: name === BASELINE ? null : result.pValue }]
    }),
  )
  return { budget, repeats, seed, direction: problem.direction, optimum, strategies }
}

const withBaseline = (contestants: readonly Contestant[]): readonly Contestant[] =>
  contestants.some(({ name }) => name === BASELINE) ? contestants : [{ name: BASELINE, options: {} }, ...contestants]

const seedOf = (seed: number, name: string, repeat: number): number =>
  Math.floor(randomFor(seed, 'benchmark', name, repeat).next() * 2 ** 31)

function optimumOf({ signal, truth, direction }: ProblemData): Comparison['optimum'] {
  const sign = direction === 'maximize' ? 1 : -1
  let chosen = 0
  let best = 0
  for (let row = 1; row < signal.length; row++) {
    if (sign * signal[row] > sign * signal[chosen]) chosen = row
    if (sign * truth[row] > sign * truth[best]) best = row
  }
  return { truth: truth[best], chosen: truth[chosen] }
}

type Summary = Omit<StrategyResult, 'rank' | 'pValue'> & { readonly pValue: number }

function summarise(
  plays: readonly Play[],
  baseline: readonly Play[],
  problem: ProblemData,
  best: number,
  checkpoints: readonly number[],
): Summary {
  const sign = problem.direction === 'maximize' ? 1 : -1
  const finals = (of: readonly Play[]): number[] => of.map(({ truths }) => sign * truths[truths.length - 1]).filter(Number.isFinite)
  const regret = checkpoints.map((trials, i): RegretPoint => {
    const spread = spreadOf(plays.map(({ truths }) => sign * (best - truths[i])))
    const half = confidence(spread)
    return { trials, mean: spread.mean, low: spread.mean - half, high: spread.mean + half }
  })
  const seconds = spreadOf(plays.map((one) => one.seconds)).mean
  return {
    final: spreadOf(plays.map(({ truths }) => truths[truths.length - 1])),
    regret,
    pValue: mannWhitney(finals(plays), finals(baseline)),
    trials: spreadOf(plays.map(({ trials }) => trials)).mean,
    seconds: Number.isFinite(seconds) ? seconds : null,
  }
}
