import { pathCounts } from '../predict/index.ts'
import { type Architecture, encoder, encodings, reduceGraph, type SearchSpace } from '../space/index.ts'

/** Places for the paths. */
const PATHS = 256

/**
 * Vectors of a space's architectures: where shared cells hold all decisions the paths through the cell's network (zeros pruned, identities contracted),
 * so that cells that are one network are one vector; elsewhere the decisions.
 */
export function vectors(space: SearchSpace): (architecture: Architecture) => Float64Array {
  if (!encodings(space).includes('path')) {
    const decisions = encoder(space, 'decision')
    return (architecture) => decisions.encode(architecture)
  }
  return (architecture) => {
    const { nodes, edges } = reduceGraph(space.graph(architecture))
    const labels = nodes.map(({ role, signature }) => (role === 'operation' || role === 'marker' ? signature : ''))
    return pathCounts({ labels, edges }, PATHS)
  }
}
