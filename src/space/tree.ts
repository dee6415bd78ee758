import type { DecisionExpression, Expression } from './expression.ts'

/**
 * A search space is a tree of layers in which decisions stand. All nodes are frozen data; nothing is run to find the decisions.
 * `name`d things are part of the paths of decisions; things without a name are part of the paths of layers only.
 */
export type Tree =
  | LayerTree
  | SequenceTree
  | ScopeTree
  | ChoiceTree
  | RepeatTree
  | ParallelTree
  | GraphTree
  | WhenTree
  | SharedTree
  | StackTree

/** Fields of each kind of layer that a space can hold; the names are those of the network room's layers. */
export interface LayerFields {
  readonly convolution: readonly ['channels', 'kernel', 'width', 'stride', 'dilation', 'groups', 'bias', 'padding']
  readonly dense: readonly ['units', 'bias']
  readonly 'batch-norm': readonly []
  readonly 'layer-norm': readonly []
  readonly activation: readonly ['activation']
  readonly 'max-pool': readonly ['size', 'stride', 'padding']
  readonly 'average-pool': readonly ['size', 'stride', 'padding']
  readonly 'squeeze-excite': readonly ['squeezed', 'gate']
  readonly 'global-average-pool': readonly []
  readonly flatten: readonly []
  readonly dropout: readonly ['rate']
  readonly identity: readonly []
  readonly zero: readonly []
  readonly 'take-channels': readonly ['channels']
  readonly shift: readonly []
  readonly 'column-embedding': readonly ['width']
  readonly 'token-embedding': readonly ['width']
  /** And, for each node, `activation<i>` and (but for the first) `from<i>`. */
  readonly recurrent: readonly ['units', 'output', 'nodes']
  readonly 'last-step': readonly []
}

export interface LayerTree {
  readonly kind: 'layer'
  readonly layer: keyof LayerFields
  /** Segment of the layer's path. */
  readonly segment: string
  readonly fields: Readonly<Record<string, Expression>>
}

export interface SequenceTree {
  readonly kind: 'sequence'
  readonly items: readonly Tree[]
  /** Segment of each item's path, unique in the sequence. */
  readonly segments: readonly string[]
}

/** A named place: its name leads the paths of all decisions and layers in it. */
export interface ScopeTree {
  readonly kind: 'scope'
  readonly name: string
  readonly body: Tree
}

export interface ChoiceTree {
  readonly kind: 'choice'
  readonly name: string
  readonly alternatives: Readonly<Record<string, Tree>>
  /** Channels that every alternative is brought to by a 1×1 projection; undefined: see child.ts. */
  readonly channels?: Expression
}

export interface RepeatTree {
  readonly kind: 'repeat'
  readonly name: string
  readonly times: Expression
  readonly body: Tree
}

/** Branches that read the same input; their results are merged. */
export interface ParallelTree {
  readonly kind: 'parallel'
  readonly branches: readonly { readonly name: string; readonly tree: Tree }[]
  /** Whether a branch's name leads the paths of its decisions. */
  readonly scoped: boolean
  readonly merge: Merge
}

export type Merge = 'add' | 'concat'

/** Nodes that read the input ('input'), in a stack what came before it ('before'), and earlier nodes. */
export interface GraphTree {
  readonly kind: 'graph'
  readonly nodes: readonly GraphNode[]
  readonly output: Inputs | { readonly kind: 'loose-ends'; readonly merge: Merge }
  /** Channels that its nodes divide among them: see divide.ts. */
  readonly divide?: Expression
}

export interface GraphNode {
  readonly name: string
  readonly inputs: Inputs
  /** What stands on the edge from each source; absent: the source itself. */
  readonly edges?: Readonly<Record<string, Tree>>
  /** What follows the merge. */
  readonly body?: Tree
}

/** Which nodes a node reads: those in `always`, and a searched number of those in `from`. */
export interface Inputs {
  readonly kind: 'inputs'
  readonly always: readonly string[]
  readonly from: readonly string[]
  /** How many of `from`, at least and at most; 'any': each is read or not by a decision of its own. */
  readonly count: readonly [number, number] | 'any'
  readonly merge: Merge
}

/** A part that is there only when a condition on decisions holds. */
export interface WhenTree {
  readonly kind: 'when'
  readonly condition: Expression
  readonly met: Tree
  readonly otherwise: Tree
}

/** All decisions beneath are one set for all places that use the name; layers (and weights) stay apart by place. */
export interface SharedTree {
  readonly kind: 'shared'
  readonly name: string
  readonly body: Tree
}

/** Cells one after the other; each may read the output of the one before the last as 'before', besides the last one's as 'input'. */
export interface StackTree {
  readonly kind: 'stack'
  readonly name: string
  readonly cells: readonly Tree[]
}

export type { DecisionExpression, Expression }
