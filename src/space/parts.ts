import { type Expression, holdsIndex } from './expression.ts'
import type { Tree } from './tree.ts'

/** The parts that a tree is made of, one step down. */
export function partsOf(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'layer':
      return []
    case 'sequence':
      return tree.items
    case 'scope':
    case 'shared':
    case 'repeat':
      return [tree.body]
    case 'choice':
      return Object.values(tree.alternatives)
    case 'stack':
      return tree.cells
    case 'parallel':
      return tree.branches.map((branch) => branch.tree)
    case 'graph':
      return tree.nodes.flatMap((node) => [...Object.values(node.edges ?? {}), ...(node.body ? [node.body] : [])])
    case 'when':
      return [tree.met, tree.otherwise]
  }
}

/** Expressions of a tree itself, not of its parts. */
export function expressionsOf(tree: Tree): readonly Expression[] {
  switch (tree.kind) {
    case 'layer':
      return Object.values(tree.fields)
    case 'repeat':
      return [tree.times]
    case 'when':
      return [tree.condition]
    case 'choice':
      return tree.channels === undefined ? [] : [tree.channels]
    default:
      return []
  }
}

const indexed = new WeakMap<Tree, boolean>()

/** Whether anything in a tree depends on the round of the repeat around it. */
export function readsIndex(tree: Tree): boolean {
  let known = indexed.get(tree)
  if (known === undefined) indexed.set(tree, (known = expressionsOf(tree).some(holdsIndex) || partsOf(tree).some(readsIndex)))
  return known
}
