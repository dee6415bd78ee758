import {
  type Architecture,
  type Decision,
  type DecisionValue,
  type Random,
  reduceGraph,
  sameValue,
  type SearchSpace,
  toUnit,
  valuesOf,
} from '../space/index.ts'

/**
 * How complex an architecture is: the operations of its network (zeros pruned, identities contracted), and for each number or list of inputs that is
 * decided its place between its least (0) and its most (1).
 *
 * @returns undefined when nothing leads from the network's input to its output
 */
export function complexityOf(space: SearchSpace, architecture: Architecture): number | undefined {
  const { nodes, edges } = reduceGraph(space.graph(architecture))
  if (!edges.some(([, to]) => to === nodes.length - 1)) return undefined
  const operations = nodes.filter(({ role }) => role === 'operation').length
  return space.decisions(architecture).reduce((sum, decision) => sum + placeOf(decision, architecture[decision.path]), operations)
}

function placeOf(decision: Decision, value: DecisionValue): number {
  switch (decision.kind) {
    case 'choice':
      return 0
    case 'float':
      return toUnit(decision, value as number)
    case 'integer':
      return decision.from === decision.to ? 0 : ((value as number) - decision.from) / (decision.to - decision.from)
    case 'inputs':
      return (value as readonly number[]).length / Math.max(1, decision.from)
    case 'number': {
      const values = valuesOf(decision) as readonly DecisionValue[]
      return values.length === 1 ? 0 : values.findIndex((other) => sameValue(other, value)) / (values.length - 1)
    }
  }
}

/** Mutants tried on the way to a simpler or a more complex architecture. */
const STEPS = 150

/** Walks by mutation from an architecture to ever simpler (or more complex) ones until `enough` is reached, or as far as some steps lead. */
export function walkTowards(
  space: SearchSpace,
  from: Architecture,
  direction: 'simpler' | 'richer',
  random: Random,
  enough?: number,
): { readonly architecture: Architecture; readonly complexity: number | undefined } {
  const sign = direction === 'simpler' ? -1 : 1
  let architecture = from
  let complexity = complexityOf(space, from)
  const reached = (): boolean => complexity !== undefined && enough !== undefined && sign * (complexity - enough) >= 0
  for (let step = 0; step < STEPS && !reached(); step++) {
    const other = space.mutate(architecture, random)
    const found = complexityOf(space, other)
    if (found === undefined || (complexity !== undefined && sign * (found - complexity) < 0)) continue
    architecture = other
    complexity = found
  }
  return { architecture, complexity }
}
