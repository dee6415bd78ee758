import { architectureGraph } from './architecture-graph.ts'
import type { CellFrame } from './cell-frame.ts'
import type { Encoder } from './encoder.ts'
import type { SpaceDefinition } from './definition.ts'

/** Most features unless more are asked for. */
const MOST = 16_384

/** A way from the input to a vertex: what the cell reads at its beginning, how many operations stand on it, and which, as digits of one number. */
interface Way {
  readonly marker: number
  readonly steps: number
  readonly digits: number
}

/**
 * Which sequences of operations lead from input to output, a feature a sequence, the shortest first; those through a zero are none. All sequences of
 * the space's operations up to the longest path have a feature each, so most architectures have few ones.
 */
export function pathEncoder(definition: SpaceDefinition, { operations, markers, labels, longest }: CellFrame, truncate?: number): Encoder {
  const { length: base } = operations
  const offsets = [0]
  for (let steps = 0; steps <= longest; steps++) offsets.push(offsets[steps] + markers.length * base ** steps)
  const length = Math.min(offsets[longest + 1], truncate ?? MOST)
  const feature = ({ marker, steps, digits }: Way): number => offsets[steps] + marker * base ** steps + digits
  const digit = new Map(operations.map((label, i) => [label, i]))
  const start = new Map(markers.map((label, i) => [label, i]))
  return {
    kind: 'path',
    length,
    encode(architecture) {
      const { nodes, edges } = architectureGraph(definition, architecture)
      const ways = nodes.map((): Map<number, Way> => new Map())
      const sources = nodes.map((): number[] => [])
      for (const [from, to] of edges) sources[to].push(from)
      ways[0].set(0, { marker: 0, steps: 0, digits: 0 })
      nodes.forEach(({ id, label, role }, at) => {
        if (role === 'zero') return
        const marker = role === 'marker' ? start.get(label) : undefined
        const operation = labels.has(id) ? digit.get(label) : undefined
        for (const source of sources[at])
          for (const way of ways[source].values()) {
            const begun = marker === undefined ? way : { ...way, marker }
            const next = operation === undefined ? begun : { ...begun, steps: begun.steps + 1, digits: begun.digits * base + operation }
            ways[at].set(feature(next), next)
          }
      })
      const vector = new Float64Array(length)
      for (const at of ways[nodes.length - 1].keys()) if (at < length) vector[at] = 1
      return vector
    },
  }
}
