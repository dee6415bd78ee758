import type { Emitter } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** What a layout may ask while a graph is lowered, one node after the other in topological order. */
export interface LoweringContext {
  readonly emit: Emitter
  /** All nodes in topological order. */
  readonly nodes: readonly Tensor[]
  /** The nodes that read a node (with repeats), in topological order. */
  readonly consumers: (node: Tensor) => readonly Tensor[]
  /** Whether a node is an output of the model. */
  readonly isOutput: (node: Tensor) => boolean
  /** Name of a node's value in the plain layout; asks the layout's `plain` for a node it has taken. Only for nodes already lowered. */
  readonly plain: (node: Tensor) => string
}

/**
 * A way to lower some nodes other than by their op's own `lower`, for one lowering of one graph (it may keep state).
 * It may hold values in its own form as well as, or instead of, the plain one.
 */
export interface Layout {
  /**
   * Asked for each node but inputs and constants. Returns true when it has taken the node: it then gives the plain value when asked.
   * False: the op's own lowering is used. Emitting more than is needed costs nothing: what nobody reads is left out.
   */
  lower(node: Tensor): boolean
  /** Emits (once: the caller keeps the name) the plain value of a node that it took. */
  plain(node: Tensor): string
}

/** Makes the layout of one lowering. */
export type LayoutFactory = (context: LoweringContext) => Layout
