import type { ArchitectureGraph, Vertex } from './architecture-graph.ts'

/**
 * The graph of what is really computed: identities and sums contracted, zeros pruned with everything that reads nothing else, operations that do not
 * reach the output left out. Concatenations keep their zero sources, for those have channels. Two paths that meet twice are summed twice.
 */
export function reduceGraph({ nodes, edges }: ArchitectureGraph): ArchitectureGraph {
  const incoming = nodes.map((): number[] => [])
  for (const [from, to] of edges) incoming[to].push(from)
  const kept: { vertex: Vertex; sources: readonly number[] }[] = []
  const keep = (vertex: Vertex, sources: readonly number[]): number[] => [kept.push({ vertex, sources }) - 1]
  /** What each vertex gives: kept vertices to be summed; none is zero. */
  const given: (readonly number[])[] = []
  nodes.forEach((vertex, at) => {
    const sources = incoming[at].flatMap((source) => given[source])
    if (vertex.role === 'input' || vertex.role === 'output') given.push(keep(vertex, sources))
    else if (vertex.role === 'zero' || sources.length === 0) given.push([])
    else if (vertex.role === 'identity' || vertex.role === 'add') given.push(sources)
    else if (vertex.role === 'concat') given.push(concat(vertex, incoming[at]))
    else given.push(keep(vertex, sources))
  })
  function concat(vertex: Vertex, parts: readonly number[]): readonly number[] {
    if (parts.length === 1) return given[parts[0]]
    const joined = parts.flatMap((part) => {
      const sources = given[part]
      if (sources.length === 0) return keep({ id: `${vertex.id}/${part}`, label: 'zero', role: 'zero', signature: 'zero' }, [])
      if (sources.length > 1) return keep({ id: `${vertex.id}/${part}`, label: 'add', role: 'add', signature: 'add' }, sources)
      const source = kept[sources[0]]
      return source.vertex.role === 'concat' ? source.sources : sources
    })
    return keep(vertex, joined)
  }
  return reachingOutput(kept)
}

/** The vertices that the output depends on, and the input. */
function reachingOutput(kept: readonly { readonly vertex: Vertex; readonly sources: readonly number[] }[]): ArchitectureGraph {
  const needed = new Set([0, kept.length - 1])
  for (let at = kept.length - 1; at >= 0; at--) if (needed.has(at)) for (const source of kept[at].sources) needed.add(source)
  const order = [...kept.keys()].filter((at) => needed.has(at))
  const place = new Map(order.map((at, i) => [at, i]))
  return {
    nodes: order.map((at) => kept[at].vertex),
    edges: order.flatMap((at, i) => kept[at].sources.map((source) => [place.get(source) as number, i] as const)),
  }
}
