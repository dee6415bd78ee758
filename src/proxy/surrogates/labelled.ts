import type { LabelledGraph } from '../../predict/index.ts'
import { type Architecture, reduceGraph, type SearchSpace } from '../../space/index.ts'

/** The network of an architecture as a graph of labels, without what does nothing in it. */
export function labelled(space: SearchSpace, architecture: Architecture): LabelledGraph {
  const { nodes, edges } = reduceGraph(space.graph(architecture))
  return { labels: nodes.map(({ role, signature }) => `${role}:${signature}`), edges }
}
