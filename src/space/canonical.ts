import { type ArchitectureGraph, architectureGraph } from './architecture-graph.ts'
import type { SpaceDefinition } from './definition.ts'
import { printValue } from './domain.ts'
import { canonicalOrder } from './canonical-order.ts'
import { hash } from './random.ts'
import { reduceGraph } from './reduce-graph.ts'
import type { Architecture, Hyperparameters } from './types.ts'

/**
 * A graph as a text that is the same for isomorphic graphs and for no others: vertices by what they do, in an order that does not depend on their
 * names, each with its sources.
 */
export function canonicalText({ nodes, edges }: ArchitectureGraph): string {
  const colours = nodes.map(({ role, signature }) => `${role === 'operation' ? '' : role}:${signature}`)
  const order = canonicalOrder(colours, edges)
  const place = new Map(order.map((at, i) => [at, i]))
  const sources = order.map((): number[] => [])
  for (const [from, to] of edges) sources[place.get(to) as number].push(place.get(from) as number)
  return order.map((at, i) => `${colours[at]}<${sources[i].sort((a, b) => a - b).join(',')}`).join('|')
}

/**
 * Canonical form of an architecture: 32 hexadecimal digits, the same for architectures that are one network up to the names of its places (zeros
 * pruned, identities contracted, isomorphic cells) with the same hyper-parameters, and different for all others.
 */
export function canonicalForm(definition: SpaceDefinition, architecture: Architecture, hyperparameters: Hyperparameters): string {
  const settings = Object.entries(hyperparameters).map(([name, value]) => `;${name}=${printValue(value)}`)
  const text = canonicalText(reduceGraph(architectureGraph(definition, architecture))) + settings.join('')
  return hash([text])
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')
}
