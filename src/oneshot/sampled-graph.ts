import { SpaceError } from '../space/error.ts'
import { listed, type Outcomes } from '../space/outcomes.ts'
import { type Architecture, sameValue, type SearchSpace, type NetworkContext } from '../space/index.ts'
import { type Supernet, type SupernetNode, supernetOf } from '../space/supernet.ts'
import { always, type Condition, eitherOf, gatedSum, type Selection, type Tensor, within } from '../tensor/index.ts'

/** A supernet in which single paths are chosen when it runs. */
export interface SampledGraph {
  readonly supernet: Supernet
  /** When a node is on a path. */
  condition(path: string): Condition
  /** Combines the inputs of a mixture or a sum of sources: what is not on the path is not computed. */
  mix(node: SupernetNode, inputs: readonly Tensor[]): Tensor | undefined
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
  const conditions = conditionsOf(supernet, (path) => groups.get(path) as string)
  const condition = (path: string): Condition => conditions.get(path) ?? always
  return {
    supernet,
    condition,
    mix: (node, inputs) => {
      const group = groups.get(node.path)
      return group === undefined ? undefined : gatedSum(inputs, alternatives(node, group, condition(node.path)))
    },
    select: (architecture) => selectPath(supernet, groups, architecture),
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

/** The condition of each input of a node that combines some. */
function alternatives({ how, inputs }: SupernetNode, group: string, on: Condition): readonly Condition[] {
  const exclusive = how.kind === 'mixture'
  const of = inputs.length + (how.kind === 'mixture' && how.which.values.includes(-1) ? 1 : 0)
  return inputs.map((_, i) => within(on, { group, members: [i], of, exclusive }))
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
  architecture: Architecture,
): Selection | undefined {
  for (const decision of decisions) {
    const value = architecture[decision.path]
    if (value === undefined || decision.kind === 'inputs') continue
    if (!listed(decision).some((other) => sameValue(other as typeof value, value))) return undefined
  }
  const live = new Set([output])
  const selection = new Map<string, readonly number[]>()
  for (const { path, how, inputs } of nodes.toReversed()) {
    if (!live.has(path)) continue
    if (how.kind === 'layer') {
      for (const source of inputs) live.add(source)
      continue
    }
    const taken =
      how.kind === 'sources'
        ? (architecture[how.decision.path] as readonly number[])
        : how.kind === 'mixture'
          ? [chosen(how.which, architecture)]
          : []
    const members = taken.filter((i) => i >= 0)
    selection.set(groups.get(path) as string, members)
    for (const i of members) live.add(inputs[i])
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
