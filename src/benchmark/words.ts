import type { Comparison, RegretPoint, StrategyResult } from './compare.ts'

/** A comparison, and on what. */
export interface TabularResult extends Comparison {
  readonly table: string
  readonly space: string
  readonly signal: string
  readonly truth: string
  /** Architectures with both numbers. */
  readonly rows: number
}

/** Shares of the budget at which regret is shown. */
const SHARES = [0.1, 0.25, 0.5, 1]

/** A comparison as a person reads it: one table, and what its columns mean. */
export interface ComparisonWords {
  readonly summary: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

export function comparisonRows(result: TabularResult): ComparisonWords {
  const { table, space, signal, truth, budget, repeats, rows: count, optimum } = result
  const decimals = decimalsFor(result)
  const number = (value: number): string => (Number.isFinite(value) ? value.toFixed(decimals) : '–')
  const strategies = Object.entries(result.strategies).toSorted(([, a], [, b]) => a.rank - b.rank)
  const points = regretPoints(strategies[0][1].regret)
  const timed = strategies.some(([, { seconds }]) => seconds !== null)
  const head = ['strategy', truth, 'rank', ...points.map(({ trials }) => `regret at ${trials}`), 'p', ...(timed ? ['simulated hours'] : [])]
  const rows = strategies.map(([name, one]) => [
    name,
    `${number(one.final.mean)} ± ${number(one.final.std)}`,
    String(one.rank),
    ...regretPoints(one.regret).map(({ mean }) => number(mean)),
    one.pValue === null ? '' : probability(one.pValue),
    ...(timed ? [one.seconds === null ? '' : (one.seconds / 3600).toFixed(1)] : []),
  ])
  const short = strategies
    .filter(([, { trials }]) => trials < budget)
    .map(([name, { trials }]) => `${name} ran out of proposals after ${Math.round(trials)} trials.`)
  return {
    summary: `${table} (${space}, ${count.toLocaleString('en-US')} architectures): ${repeats} searches of ${budget} trials each, seeing ${signal}, judged by ${truth}`,
    head,
    rows,
    notes: [
      `Mean ± standard deviation over the searches of ${truth} of the best trial by ${signal}. Regret: how far that is from the table's best, ${number(optimum.truth)}; the best by ${signal} has ${number(optimum.chosen)}.`,
      'p: one-sided Mann–Whitney test against random, the probability of so much better results by chance.',
      ...short,
    ],
  }
}

/** The points of a curve that a table shows. */
const regretPoints = (regret: StrategyResult['regret']): readonly RegretPoint[] => {
  const places = SHARES.map((share) => Math.max(0, Math.round(share * regret.length) - 1))
  return [...new Set(places)].map((place) => regret[place])
}

/** Enough decimals to tell strategies apart: about a hundredth of their spread. */
function decimalsFor({ strategies }: Comparison): number {
  const spreads = Object.values(strategies).flatMap(({ final: { std } }) => (std > 0 ? [std] : []))
  if (spreads.length === 0) return 3
  return Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(Math.max(...spreads)))))
}

const probability = (p: number): string => (p >= 0.001 ? p.toFixed(3) : p >= 1e-300 ? p.toExponential(0) : '0')
