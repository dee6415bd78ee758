import type { Inputs } from './tree.ts'
import type { Decision, DecisionValue } from './types.ts'

/** Alternatives of a source that is read or not by a decision of its own. */
export const READ: readonly string[] = ['no', 'yes']

/** The decisions of a node's inputs: one for each source, one for all, or none when there is nothing to choose. */
export function inputsDecisions({ from, count }: Inputs, scope: string): readonly Decision[] {
  if (count === 'any') return from.map((source) => ({ path: scope + source, kind: 'choice', alternatives: READ }))
  const [least, most] = count
  if (least === most && (least === from.length || least === 0)) return []
  return [{ path: `${scope}inputs`, kind: 'inputs', from: from.length, count: least === most ? least : count }]
}

/** The sources that a node reads. */
export function sourcesOf(inputs: Inputs, scope: string, decide: (decision: Decision) => DecisionValue): readonly string[] {
  const { always, from, count } = inputs
  const decisions = inputsDecisions(inputs, scope)
  if (count === 'any') return [...always, ...from.filter((_, i) => decide(decisions[i]) === 'yes')]
  if (decisions.length === 0) return [...always, ...from.slice(0, count[0])]
  return [...always, ...(decide(decisions[0]) as readonly number[]).map((i) => from[i])]
}
