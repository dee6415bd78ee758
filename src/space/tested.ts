import type { SpaceDefinition } from './definition.ts'
import { type Expression, sharedIn } from './expression.ts'
import type { Tree } from './tree.ts'

/** Names of the shared decisions on whose value it depends which other decisions there are. */
export const testedInDefinition = ({ root, hyperparameters }: SpaceDefinition): ReadonlySet<string> =>
  new Set([...testedNames(root), ...Object.values(hyperparameters).flatMap(testedInField)])

/** Shared decisions in conditions and counts. */
function testedNames(tree: Tree): readonly string[] {
  switch (tree.kind) {
    case 'layer':
      return Object.values(tree.fields).flatMap(testedInField)
    case 'sequence':
      return tree.items.flatMap(testedNames)
    case 'scope':
    case 'shared':
      return testedNames(tree.body)
    case 'choice':
      return Object.values(tree.alternatives).flatMap(testedNames)
    case 'repeat':
      return [...sharedIn(tree.times), ...testedNames(tree.body)]
    case 'stack':
      return tree.cells.flatMap(testedNames)
    case 'parallel':
      return tree.branches.flatMap((branch) => testedNames(branch.tree))
    case 'graph':
      return tree.nodes.flatMap((node) => [...Object.values(node.edges ?? {}), ...(node.body ? [node.body] : [])].flatMap(testedNames))
    case 'when':
      return [...sharedIn(tree.condition), ...testedNames(tree.met), ...testedNames(tree.otherwise)]
  }
}

function testedInField(expression: Expression): readonly string[] {
  if (typeof expression !== 'object') return []
  if (expression.kind === 'operation') return expression.operands.flatMap(testedInField)
  if (expression.kind === 'if')
    return [...sharedIn(expression.condition), ...testedInField(expression.met), ...testedInField(expression.otherwise)]
  return []
}
