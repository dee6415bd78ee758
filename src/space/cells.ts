import { holdsDecision, sharedIn } from './expression.ts'
import { expressionsOf, partsOf } from './parts.ts'
import type { SharedTree, Tree } from './tree.ts'
import { inputsDecisions } from './wiring.ts'

/** Whether a tree itself, not its parts, decides which parts there are or how they are joined. */
function branches(tree: Tree): boolean {
  if (tree.kind === 'choice') return true
  if (tree.kind === 'repeat') return holdsDecision(tree.times)
  if (tree.kind !== 'graph') return false
  const reads = [...tree.nodes.map(({ inputs }) => inputs), ...(tree.output.kind === 'inputs' ? [tree.output] : [])]
  return reads.some((inputs) => inputsDecisions(inputs, '').length > 0)
}

const plain = new WeakMap<Tree, boolean>()

/** Whether the decisions in a tree are numbers and words only: it is one operation, whatever they are. */
export function isOperation(tree: Tree): boolean {
  let known = plain.get(tree)
  if (known === undefined) plain.set(tree, (known = !branches(tree) && partsOf(tree).every(isOperation)))
  return known
}

/** Whether a number or word in a tree is a decision. */
export const holdsNumbers = (tree: Tree): boolean => expressionsOf(tree).some(holdsDecision) || partsOf(tree).some(holdsNumbers)

const shared = new WeakMap<Tree, readonly string[]>()

/** Names of the shared numbers and words in a tree. */
export function sharedNumbers(tree: Tree): readonly string[] {
  let known = shared.get(tree)
  if (known === undefined) {
    known = [...new Set([...expressionsOf(tree).flatMap(sharedIn), ...partsOf(tree).flatMap(sharedNumbers)])]
    shared.set(tree, known)
  }
  return known
}

/** Whether a graph in a tree reads what came before its cell's input. */
export const readsBefore = (tree: Tree): boolean =>
  (tree.kind === 'graph' && tree.nodes.some(({ inputs }) => [...inputs.always, ...inputs.from].includes('before'))) ||
  partsOf(tree).some(readsBefore)

const holdsGraph = (tree: Tree): boolean => tree.kind === 'graph' || partsOf(tree).some(holdsGraph)

const cells = new WeakMap<Tree, readonly SharedTree[]>()

/** The shared cells of a space, in the order in which they first come, when they hold all of its decisions; else none. */
export function cellsOf(root: Tree): readonly SharedTree[] {
  let known = cells.get(root)
  if (known === undefined) cells.set(root, (known = findCells(root)))
  return known
}

function findCells(root: Tree): readonly SharedTree[] {
  const found = new Map<string, SharedTree>()
  const only = (tree: Tree): boolean => {
    if (tree.kind === 'shared' && holdsGraph(tree)) {
      if (!found.has(tree.name)) found.set(tree.name, tree)
      return true
    }
    return !branches(tree) && !expressionsOf(tree).some(holdsDecision) && partsOf(tree).every(only)
  }
  return only(root) ? [...found.values()] : []
}
