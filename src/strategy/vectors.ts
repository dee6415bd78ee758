import { pathCounts, type SparseVector, sparseVector } from '../predict/index.ts'
import { type Architecture, encoder, encodings, reduceGraph, type SearchSpace } from '../space/index.ts'

/** Places for the paths. */
const PATHS = 256

/** How a perceptron reads architectures. */
export interface Vectors {
  readonly length: number
  of(architecture: Architecture): SparseVector
}

/**
 * Vectors of a space's architectures: where shared cells hold all decisions the paths through the cell's network (zeros pruned, identities contracted),
 * so that cells that are one network are one vector; elsewhere the decisions.
 */
export function vectors(space: SearchSpace): Vectors {
  if (!encodings(space).includes('path')) {
    const decisions = encoder(space, 'decision')
    return { length: decisions.length, of: (architecture) => sparseVector(decisions.encode(architecture)) }
  }
  return {
    length: PATHS,
    of(architecture) {
      const { nodes, edges } = reduceGraph(space.graph(architecture))
      const labels = nodes.map(({ role, signature }) => (role === 'operation' || role === 'marker' ? signature : ''))
      return sparseVector(pathCounts({ labels, edges }, PATHS))
    },
  }
}
