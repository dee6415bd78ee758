import { SpaceError } from '../space/error.ts'
import { listed, type Outcomes } from '../space/outcomes.ts'
import { type Architecture, sameValue, type SearchSpace, type NetworkContext } from '../space/index.ts'
import { type Supernet, type SupernetNode, supernetOf } from '../space/supernet.ts'
import { add, addGated, always, type Condition, eitherOf, gatedSum, holds, type Selection, type Tensor, within } from '../tensor/index.ts'

/** A supernet in which single paths are chosen when it runs. */
export interface SampledGraph {
  readonly supernet: Supernet
  /** When a node is on a path. */
  condition(path: string): Condition
  /** Combines the inputs of a mixture or a sum of sources: what is not on the path is not computed. */
  mix(node: SupernetNode, inputs: readonly Tensor[]): Tensor | undefined
  /**
   * What a layer reads of another: a value of its own where it is not on every path. So that equal work of several layers, each of which is on some
   * paths, is not taken for work that is always needed.
   */
  read(node: SupernetNode, source: string, value: Tensor): Tensor
  /** Adds up values, within the branches that make them. */
  sum(node: SupernetNode, inputs: readonly Tensor[]): Tensor
  /** What is on the path of an architecture; undefined when it is none of the supernet's paths. */
  select(architecture: Architecture): Selection | undefined
}

/**
 * The supernet of a space with a condition for each node; undefined where sizes are searched, which one graph can only compute at their largest, or where
 * the space cannot be one graph at all.
 */
export function sampledGraph(space: SearchSpace, context: NetworkContext): SampledGraph | undefined {
  const supernet = supernetIfAny(space, context)
  if (!supernet || !supernet.nodes.every(({ how }) => how.kind === 'mixture' || how.kind === 'sources' || plainLayer(how))) return undefined
  const groups = new Map(supernet.nodes.filter(({ how }) => how.kind !== 'layer').map(({ path }, i) => [path, `c${i}`]))
  const readers = readersOf(supernet)
  const conditions = conditionsOf(supernet, (path) => groups.get(path) as string)
  const condition = (path: string): Condition => conditions.get(path) ?? always
  return {
    supernet,
    condition,
    mix: (node, inputs) => {
      if (node.how.kind === 'layer') return undefined
      const conditions = alternatives(node, groups.get(node.path) as string, condition(node.path))
      if (node.how.kind === 'mixture') return gatedSum(inputs, conditions)
      return inputs.map((x, i) => gatedSum([x], [conditions[i]])).reduce((sum, x) => addGated(sum, x, condition(node.path)))
    },
    read: (node, source, value) => {
      const on = condition(node.path)
      return node.how.kind !== 'layer' || on === condition(source) ? value : gatedSum([value], [on])
    },
    sum: (node, inputs) => {
      const on = condition(node.path)
      const single = (i: number): boolean => readers.get(node.inputs[i]) === 1
      // What others read, too, comes first, and is added as it is.
      const shared = inputs.filter((_, i) => !single(i))
      const own = inputs.filter((_, i) => single(i))
      const sum = shared.length === 0 ? undefined : shared.reduce((left, right) => add(left, right))
      return sum === undefined ? own.reduce((left, x) => addGated(left, x, on)) : own.reduce((left, x) => addGated(left, x, on), sum)
    },
    select: (architecture) => selectPath(supernet, groups, condition, architecture),
  }
}

const plainLayer = (how: SupernetNode['how']): boolean => how.kind === 'layer' && how.window === undefined

function supernetIfAny(space: SearchSpace, context: NetworkContext): Supernet | undefined {
  try {
    return supernetOf(space.definition, context)
  } catch (error) {
    if (error instanceof SpaceError) return undefined
    throw error
  }
}

/** The condition of each input of a node that combines some: one of several, or each taken or not. */
function alternatives({ how, inputs }: SupernetNode, group: string, on: Condition): readonly Condition[] {
  if (how.kind === 'sources') return inputs.map((_, i) => within(on, { group: edgeOf(group, i), members: [TAKEN], of: 2 }))
  const of = inputs.length + (how.kind === 'mixture' && how.which.values.includes(-1) ? 1 : 0)
  return inputs.map((_, i) => within(on, { group, members: [i], of }))
}

const [TAKEN, LEFT] = [0, 1]
const edgeOf = (group: string, source: number): string => `${group}.${source}`

/** How many nodes read each. */
function readersOf({ nodes }: Supernet): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { inputs } of nodes) for (const source of inputs) counts.set(source, (counts.get(source) ?? 0) + 1)
  return counts
}

/** Each node is on a path when one of those that read it is. */
function conditionsOf({ nodes, output }: Supernet, groupOf: (path: string) => string): Map<string, Condition> {
  const found = new Map<string, Condition>([[output, always]])
  for (const node of nodes.toReversed()) {
    const on = found.get(node.path) ?? always
    const each = node.how.kind === 'layer' ? node.inputs.map(() => on) : alternatives(node, groupOf(node.path), on)
    for (const [i, source] of node.inputs.entries()) {
      const other = found.get(source)
      found.set(source, other === undefined ? each[i] : eitherOf(other, each[i]))
    }
  }
  return found
}

function selectPath(
  { nodes, output, decisions }: Supernet,
  groups: ReadonlyMap<string, string>,
  condition: SampledGraph['condition'],
  architecture: Architecture,
): Selection | undefined {
  for (const decision of decisions) {
    const value = architecture[decision.path]
    if (value === undefined || decision.kind === 'inputs') continue
    if (!listed(decision).some((other) => sameValue(other as typeof value, value))) return undefined
  }
  const live = new Set([output])
  const selection = new Map<string, number>()
  for (const { path, how, inputs } of nodes.toReversed()) {
    const alive = live.has(path)
    if (how.kind === 'layer') {
      if (alive) for (const source of inputs) live.add(source)
      continue
    }
    // Where a group is there, one alternative is on, even when nothing reads it on this path; then it is none, if it can be.
    if (!holds(condition(path), selection)) continue
    const group = groups.get(path) as string
    if (how.kind === 'mixture') {
      const none = how.which.values.includes(-1)
      const which = alive || !none ? chosen(how.which, architecture) : -1
      // None of them is one more alternative.
      selection.set(group, which < 0 ? inputs.length : which)
      if (alive && which >= 0) live.add(inputs[which])
    }
    if (how.kind !== 'sources') continue
    const taken = architecture[how.decision.path] as readonly number[]
    for (const [i, source] of inputs.entries()) {
      selection.set(edgeOf(group, i), alive && taken.includes(i) ? TAKEN : LEFT)
      if (alive && taken.includes(i)) live.add(source)
    }
  }
  return selection
}

/** The value of what depends on decisions. */
function chosen({ decisions, values }: Outcomes<number>, architecture: Architecture): number {
  const at = decisions.reduce((index, decision) => {
    const all = listed(decision)
    const value = architecture[decision.path]
    // What is not decided makes no difference.
    return (
      index * all.length +
      Math.max(
        0,
        all.findIndex((other) => value !== undefined && sameValue(other as typeof value, value)),
      )
    )
  }, 0)
  return values[at]
}
