import type { ArchitectureGraph, Vertex } from './architecture-graph.ts'
import type { LayerTree } from './tree.ts'

/** A vertex that may still be joined with its neighbours: one that is a fixed layer. */
export interface Draft extends Vertex {
  readonly layer?: LayerTree['layer']
}

/** Layers that belong to the one before or after them. */
const light: ReadonlySet<LayerTree['layer'] | undefined> = new Set(['batch-norm', 'layer-norm', 'activation', 'dropout', 'flatten'])

const placeOf = ({ id }: Draft): string => id.slice(0, id.lastIndexOf('/') + 1)

/** Joins fixed layers in a row at one place, each read by the next alone, to one vertex around every layer that computes: `convolution(…) batch-norm relu`. */
export function fuse(nodes: readonly Draft[], edges: readonly (readonly [number, number])[]): ArchitectureGraph {
  const readers = nodes.map(() => 0)
  const sources = nodes.map((): number[] => [])
  for (const [from, to] of edges) {
    readers[from]++
    sources[to].push(from)
  }
  /** The vertex that each one became part of. */
  const home: number[] = []
  const fused: { vertex: Draft; heavy: boolean }[] = []
  nodes.forEach((node, at) => {
    const [before] = sources[at]
    const follows = node.layer !== undefined && sources[at].length === 1 && readers[before] === 1
    const last = follows && nodes[before].layer !== undefined && placeOf(node) === placeOf(nodes[before]) ? fused[home[before]] : undefined
    const heavy = !light.has(node.layer)
    if (last && !(last.heavy && heavy)) {
      const { label, signature } = last.vertex
      last.vertex = { ...last.vertex, label: `${label} ${node.label}`, signature: `${signature} ${node.signature}` }
      last.heavy ||= heavy
      home[at] = home[before]
    } else home[at] = fused.push({ vertex: node, heavy }) - 1
  })
  return {
    nodes: fused.map(({ vertex: { id, label, role, signature } }) => ({ id, label, role, signature })),
    edges: edges.filter(([from, to]) => home[from] !== home[to]).map(([from, to]) => [home[from], home[to]] as const),
  }
}
