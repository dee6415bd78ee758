import { SpaceError } from './error.ts'
import type { DecisionExpression, Expression, ExpressionNode } from './expression.ts'
import { int } from './numbers.ts'
import type {
  ChoiceTree,
  GraphTree,
  Inputs,
  LayerTree,
  Merge,
  ParallelTree,
  RepeatTree,
  ScopeTree,
  SequenceTree,
  SharedTree,
  StackTree,
  Tree,
  WhenTree,
} from './tree.ts'

const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/
const ALTERNATIVE = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/

/** Throws unless a name can stand in a path and in an architecture's string. */
export function checkName(name: string, what: string): string {
  if (!NAME.test(name))
    throw new SpaceError(`${what} has the name "${name}": begin with a letter and use letters, digits, "_", "." and "-".`)
  return name
}

/** Layers one after the other. Sequences in it are spliced in: only names make places. */
export function sequence(...items: readonly Tree[]): SequenceTree {
  const flat = items.flatMap((item) => (item.kind === 'sequence' ? item.items : [item]))
  const used = new Map<string, number>()
  const segments = flat.map((item) => {
    const segment = segmentOf(item)
    const count = (used.get(segment) ?? 0) + 1
    used.set(segment, count)
    return count === 1 ? segment : `${segment}${count}`
  })
  return { kind: 'sequence', items: flat, segments }
}

/** Segment that a tree gives to the paths of the layers in it when it stands alone. */
export function segmentOf(tree: Tree): string {
  if (tree.kind === 'layer') return tree.segment
  if (tree.kind === 'parallel') return tree.merge
  return 'name' in tree ? tree.name : tree.kind
}

/** A named place: `scope('stem', conv(int('width', 8, 32), 3))` has the decision `stem/width`. */
export function scope(name: string, ...items: readonly Tree[]): ScopeTree {
  return { kind: 'scope', name: checkName(name, 'A scope'), body: items.length === 1 ? items[0] : sequence(...items) }
}

/**
 * A decision among layers (a record of alternatives), numbers or words (a list).
 * Decisions inside an alternative are there only when it is taken; their paths hold its name.
 *
 * @param options.channels every alternative is brought to so many channels by a 1×1 projection. Default: alternatives whose widths hold no decision
 * are brought to the widest of them when they differ.
 * @throws SpaceError when there is no alternative, one twice, or a name that cannot stand in a string
 */
export function choice(name: string, alternatives: Readonly<Record<string, Tree>>, options?: { readonly channels?: Expression }): ChoiceTree
export function choice(name: string, values: readonly number[] | readonly string[]): DecisionExpression
export function choice(
  name: string,
  alternatives: Readonly<Record<string, Tree>> | readonly number[] | readonly string[],
  options: { readonly channels?: Expression } = {},
): ChoiceTree | DecisionExpression {
  checkName(name, 'A choice')
  const names = Array.isArray(alternatives) ? alternatives.map(String) : Object.keys(alternatives)
  if (names.length === 0) throw new SpaceError(`The choice "${name}" has no alternative.`)
  if (new Set(names).size < names.length) throw new SpaceError(`The choice "${name}" lists an alternative twice.`)
  const odd = names.find((alternative) => !ALTERNATIVE.test(alternative) && !Number.isFinite(Number(alternative)))
  if (odd !== undefined)
    throw new SpaceError(`The choice "${name}" has an alternative "${odd}": use letters, digits, "_", ".", "+" and "-".`)
  if (!Array.isArray(alternatives)) {
    const numeric = names.find((alternative) => /^\d+$/.test(alternative))
    if (numeric !== undefined) throw new SpaceError(`The choice "${name}" has an alternative "${numeric}": give it a name with a letter.`)
    return { kind: 'choice', name, alternatives: alternatives as Readonly<Record<string, Tree>>, ...options }
  }
  if (alternatives.every((value) => typeof value === 'number')) return { kind: 'numbers', name, values: alternatives }
  if (alternatives.every((value) => typeof value === 'string')) return { kind: 'words', name, values: alternatives }
  throw new SpaceError(`The choice "${name}" mixes numbers and words.`)
}

/**
 * The body so many times, one after the other; each time has decisions of its own (`stage/0/op`, `stage/1/op`, …; `share` makes them one).
 *
 * @param times a count, a range [from, to] that becomes the decision `name`, or any expression
 */
export function repeat(name: string, times: Expression | readonly [number, number], ...body: readonly Tree[]): RepeatTree {
  checkName(name, 'A repeat')
  const count: Expression = Array.isArray(times) ? int(name, times[0], times[1]) : (times as Expression)
  if (body.length === 0) throw new SpaceError(`The repeat "${name}" has no body.`)
  return { kind: 'repeat', name, times: count, body: body.length === 1 ? body[0] : sequence(...body) }
}

function parallel(merge: Merge, first: Tree | Readonly<Record<string, Tree>>, rest: readonly Tree[]): ParallelTree {
  const positional = isTree(first)
  const branches = positional
    ? [first, ...rest].map((tree, i) => ({ name: String(i), tree }))
    : Object.entries(first).map(([name, tree]) => ({ name: checkName(name, 'A branch'), tree }))
  if (branches.length === 0) throw new SpaceError(`${merge}() needs a branch.`)
  return { kind: 'parallel', branches, scoped: !positional, merge }
}

const kinds = new Set(['layer', 'sequence', 'scope', 'choice', 'repeat', 'parallel', 'graph', 'when', 'shared', 'stack'])
const isTree = (value: Tree | Readonly<Record<string, Tree>>): value is Tree => typeof value.kind === 'string' && kinds.has(value.kind)

/**
 * Branches that read the same input, summed. Branches of another shape than the first are brought to its channels (and to the smallest of the
 * branches' heights and widths) by a 1×1 convolution with batch norm. Branches given by name are named places.
 */
export function add(first: Tree | Readonly<Record<string, Tree>>, ...rest: readonly Tree[]): ParallelTree {
  return parallel('add', first, rest)
}

/** Branches that read the same input, joined along channels. Branches given by name are named places. */
export function concat(first: Tree | Readonly<Record<string, Tree>>, ...rest: readonly Tree[]): ParallelTree {
  return parallel('concat', first, rest)
}

/** The body plus its own input (He et al. 2016, arXiv:1512.03385); the input is projected when the body changes the shape. */
export function residual(...body: readonly Tree[]): ParallelTree {
  return add(body.length === 1 ? body[0] : sequence(...body), {
    kind: 'layer',
    layer: 'identity',
    segment: 'identity',
    fields: {},
  })
}

/**
 * Cells one after the other, as in NASNet, ENAS and DARTS: a graph in a cell reads the output of the cell before it as 'input' and that of the one
 * before the last as 'before' (of the first cell both are the stack's input). `share` makes cells of one kind decide alike.
 *
 * @example stack('cells', normal(16), reduction(32), normal(32))
 */
export function stack(name: string, ...cells: readonly Tree[]): StackTree {
  checkName(name, 'A stack')
  if (cells.length === 0) throw new SpaceError(`The stack "${name}" has no cell.`)
  return { kind: 'stack', name, cells }
}

/** Which sources a node of a graph reads. */
export interface InputsOptions {
  /** Names of nodes, 'input', or 'before' in a stack. Default: the input and all earlier nodes. */
  readonly from?: readonly string[]
  /**
   * How many of `from` are taken: a number, [at least, at most], or 'any': each or not by a decision of its own, named after it. Default: all, which is
   * no decision. Earlier nodes may have fewer.
   */
  readonly count?: number | readonly [number, number] | 'any'
  /** Sources that are always read, besides. */
  readonly always?: readonly string[]
  readonly merge?: Merge
  /** What stands on the edge from each source taken, the same for all or by source; a choice here is named after its source. */
  readonly each?: Tree | ((source: string) => Tree)
}

export interface InputsDeclaration extends InputsOptions {
  readonly kind: 'inputs-declaration'
}

/** Declares which sources a graph's node reads; a searched number of them makes the decision `<node>/inputs`. */
export function inputs(options: InputsOptions = {}): InputsDeclaration {
  return { kind: 'inputs-declaration', ...options }
}

/** All nodes that no other node reads (as in Zoph et al. 2018, arXiv:1707.07012), merged: a graph's output. */
export function looseEnds(merge: Merge): { readonly kind: 'loose-ends'; readonly merge: Merge } {
  return { kind: 'loose-ends', merge }
}

/** A node: what it reads, or what it reads and a body that follows. A tree alone reads the node before. */
export type NodeDeclaration = InputsDeclaration | Tree | { readonly inputs: InputsDeclaration; readonly body: Tree }

/**
 * A directed acyclic graph of named nodes, each reading the input ('input') and earlier nodes.
 *
 * @param options.output a node's name, `inputs(…)` or `looseEnds(…)`; default: the last node
 * @param options.divide channels that the nodes divide: what a concatenation reads shares its channels, another node has as many as the widest that
 * reads it (Ying et al. 2019, arXiv:1902.09635); `'part'` is a node's. Nodes that do not lead from input to output are then left out.
 * @throws SpaceError when a node reads one that does not come before it
 */
export function graph(
  nodes: Readonly<Record<string, NodeDeclaration>>,
  options: { readonly output?: string | InputsDeclaration | ReturnType<typeof looseEnds>; readonly divide?: Expression } = {},
): GraphTree {
  const earlier = ['input']
  const built = Object.entries(nodes).map(([name, declaration]) => {
    checkName(name, 'A node')
    if (['input', 'inputs', 'before', 'output'].includes(name)) throw new SpaceError(`A node may not have the name "${name}".`)
    const { declared, body } = readNode(declaration, earlier.at(-1) as string)
    const reads = resolveInputs(declared, earlier, name)
    const { each } = declared
    const edges =
      each &&
      Object.fromEntries(
        [...reads.always, ...reads.from].map((source) => [source, onEdge(source, typeof each === 'function' ? each(source) : each)]),
      )
    earlier.push(name)
    return { name, inputs: reads, edges, body }
  })
  if (built.length === 0) throw new SpaceError('A graph needs a node.')
  const output = resolveOutput(options.output ?? built[built.length - 1].name, earlier)
  return { kind: 'graph', nodes: built, output, ...(options.divide === undefined ? {} : { divide: options.divide }) }
}

function resolveOutput(output: string | InputsDeclaration | ReturnType<typeof looseEnds>, nodes: readonly string[]): GraphTree['output'] {
  if (typeof output === 'string') return resolveInputs(inputs({ from: [output] }), nodes, 'output')
  return output.kind === 'loose-ends' ? output : resolveInputs(output, nodes, 'output')
}

/** What a node reads and what follows, whichever way it was declared. */
function readNode(declaration: NodeDeclaration, before: string): { readonly declared: InputsDeclaration; readonly body: Tree | undefined } {
  if (!('kind' in declaration)) return { declared: declaration.inputs, body: declaration.body }
  if (declaration.kind === 'inputs-declaration') return { declared: declaration, body: undefined }
  return { declared: inputs({ from: [before] }), body: declaration }
}

/** A named graph; `share('cell', …)` around it makes all its places one cell. */
export function cell(name: string, nodes: Parameters<typeof graph>[0], options: Parameters<typeof graph>[1] = {}): ScopeTree {
  return scope(name, graph(nodes, options))
}

function resolveInputs(declared: InputsDeclaration, earlier: readonly string[], node: string): Inputs {
  const { always = [], from = earlier.filter((name) => !always.includes(name)), merge = 'add' } = declared
  const unknown = [...always, ...from].find((name) => name !== 'before' && !earlier.includes(name))
  if (unknown !== undefined)
    throw new SpaceError(`The node "${node}" reads "${unknown}", which is not before it. Before it are: ${earlier.join(', ')}.`)
  if (new Set([...always, ...from]).size < always.length + from.length) throw new SpaceError(`The node "${node}" names a source twice.`)
  if (declared.count === 'any') return { kind: 'inputs', always, from, count: 'any', merge }
  const [least, most] =
    typeof declared.count === 'number' ? [declared.count, declared.count] : (declared.count ?? [from.length, from.length])
  if (least < 0 || most < least || most + always.length === 0) throw new SpaceError(`The node "${node}" reads ${least} to ${most} sources.`)
  if (least + always.length === 0)
    throw new SpaceError(`The node "${node}" may end up with no source: count at least 1, or name some in "always".`)
  return { kind: 'inputs', always, from, count: [Math.min(least, from.length), Math.min(most, from.length)], merge }
}

const onEdge = (source: string, tree: Tree): Tree =>
  tree.kind === 'choice' ? { ...tree, name: source } : { kind: 'scope', name: source, body: tree }

/** A part that is there when a condition on decisions holds, else `otherwise` (default: nothing); or a number chosen so. */
export function when(condition: Expression, then: Tree, otherwise?: Tree): WhenTree
export function when(condition: Expression, then: Expression, otherwise: Expression): ExpressionNode
export function when(condition: Expression, then: Tree | Expression, otherwise?: Tree | Expression): WhenTree | ExpressionNode {
  if (typeof then === 'object' && kinds.has(then.kind)) {
    const nothing: LayerTree = { kind: 'layer', layer: 'identity', segment: 'identity', fields: {} }
    return { kind: 'when', condition, met: then as Tree, otherwise: (otherwise as Tree | undefined) ?? nothing }
  }
  return { kind: 'if', condition, met: then as Expression, otherwise: otherwise as Expression }
}

/**
 * One decision (or all decisions of a part) for every place that uses it with this name: the only way to make two places decide alike.
 * Layers and their weights stay apart by place.
 */
export function share(name: string, decision: DecisionExpression): ExpressionNode
export function share(name: string, part: Tree): SharedTree
export function share(name: string, shared: DecisionExpression | Tree): ExpressionNode | SharedTree {
  checkName(name, 'A share')
  if (!kinds.has(shared.kind)) return { kind: 'shared', name, decision: { ...(shared as DecisionExpression), name } }
  const part = shared as Tree
  return { kind: 'shared', name, body: part.kind === 'choice' || part.kind === 'scope' ? { ...part, name } : part }
}
