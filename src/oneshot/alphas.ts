import { type Architecture, type Decision, type DecisionValue, type SearchSpace, sameValue, valuesOf } from '../space/index.ts'
import type { Supernet } from '../space/supernet.ts'

/** Where the alphas of each decision lie in one flat vector. */
export interface AlphaLayout {
  readonly size: number
  readonly entries: readonly { readonly decision: Decision; readonly offset: number; readonly count: number }[]
}

/** Alphas that a decision has: one for each value, or for each source of an inputs decision. */
const countOf = (decision: Decision): number =>
  decision.kind === 'inputs' ? decision.from : (valuesOf(decision) as readonly DecisionValue[]).length

export function alphaLayout({ decisions }: Pick<Supernet, 'decisions'>): AlphaLayout {
  let size = 0
  const entries = decisions.map((decision) => {
    const entry = { decision, offset: size, count: countOf(decision) }
    size += entry.count
    return entry
  })
  return { size, entries }
}

export function softmax(values: ArrayLike<number>): number[] {
  const most = Math.max(...Array.from(values))
  const powers = Array.from(values, (value) => Math.exp(value - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** Probability of each value, by decision. */
export function probabilities({ entries }: AlphaLayout, alphas: Float32Array): Record<string, number[]> {
  return Object.fromEntries(entries.map(({ decision, offset, count }) => [decision.path, softmax(alphas.subarray(offset, offset + count))]))
}

/** Mean entropy of the decisions, as a share of what knowing nothing would have: 1 at the beginning, 0 when all is decided. */
export function entropy(by: Readonly<Record<string, readonly number[]>>): number {
  const shares = Object.values(by)
    .filter((list) => list.length > 1)
    .map((list) => -list.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0) / Math.log(list.length))
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** Probabilities by the names of what they belong to: values, or the numbers of sources. */
export const namedProbabilities = ({ probabilities: lists, values }: LearnedAlphas): Record<string, Record<string, number>> =>
  Object.fromEntries(
    Object.entries(lists).map(([path, list]) => [path, Object.fromEntries(list.map((p, i) => [String(values[path]?.[i] ?? i), p]))]),
  )

/** What alphas have learnt, as plain data. */
export interface LearnedAlphas {
  readonly probabilities: Readonly<Record<string, readonly number[]>>
  /** Values that the probabilities belong to, by decision. */
  readonly values: Readonly<Record<string, readonly DecisionValue[]>>
  /** Alternatives that give nothing, as `decision=alternative`. */
  readonly zeros: readonly string[]
  /** Choices on the way from each source, by inputs decision. */
  readonly edges: Readonly<Record<string, readonly string[]>>
}

export function learnedAlphas(supernet: Supernet, layout: AlphaLayout, alphas: Float32Array): LearnedAlphas {
  const edges = supernet.nodes.flatMap(({ how }) => (how.kind === 'sources' ? [[how.decision.path, how.edges] as const] : []))
  return {
    probabilities: probabilities(layout, alphas),
    values: Object.fromEntries(
      layout.entries.map(({ decision }) => [decision.path, decision.kind === 'inputs' ? [] : (valuesOf(decision) ?? [])]),
    ),
    zeros: [...supernet.zeros],
    edges: Object.fromEntries(edges),
  }
}

/**
 * The architecture that alphas mean: the likeliest value of each decision, never one that gives nothing; of a searched set of sources those with the
 * strongest edges (Liu et al. 2019, arXiv:1806.09055, section 2.4).
 *
 * @param score of a value given its probability; default the probability itself
 */
export function discretise(
  space: SearchSpace,
  learned: LearnedAlphas,
  score: (path: string, value: DecisionValue, probability: number) => number = (_, __, probability) => probability,
): Architecture {
  /** Scores of the values of a decision that give something, best first. */
  const ranked = (path: string): readonly (readonly [DecisionValue, number])[] => {
    const values = learned.values[path] ?? []
    const scores = values.map((value, i) => [value, score(path, value, learned.probabilities[path][i])] as const)
    const live = scores.filter(([value]) => !learned.zeros.includes(`${path}=${String(value)}`))
    return (live.length > 0 ? live : scores).toSorted((a, b) => b[1] - a[1])
  }
  return space.build((decision) => {
    if (decision.kind === 'inputs') {
      const own = learned.probabilities[decision.path] ?? []
      const strength = (i: number): number =>
        (ranked(learned.edges[decision.path]?.[i] ?? '')[0]?.[1] ?? 1) * score(decision.path, i, own[i] ?? 1)
      const order = Array.from({ length: decision.from }, (_, i) => i).sort((a, b) => strength(b) - strength(a))
      const most = typeof decision.count === 'number' ? decision.count : decision.count[1]
      return order.slice(0, most).sort((a, b) => a - b)
    }
    const best = ranked(decision.path)[0]?.[0]
    const values = valuesOf(decision) as readonly DecisionValue[]
    return values.find((value) => best !== undefined && sameValue(value, best)) ?? values[0]
  })
}
