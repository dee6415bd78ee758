import { architectureGraph } from './architecture-graph.ts'
import type { CellFrame } from './cell-frame.ts'
import type { SpaceDefinition } from './definition.ts'
import type { Encoder } from './encoder.ts'

/** Upper triangle, row by row, of the adjacency matrix over all vertices that a cell can have, then the operation of each choice one-hot. */
export function adjacencyEncoder(definition: SpaceDefinition, { ids, labels }: CellFrame): Encoder {
  const place = new Map(ids.map((id, i) => [id, i]))
  const pairs = (ids.length * (ids.length - 1)) / 2
  const operations = new Map<string, number>()
  let length = pairs
  for (const [id, some] of labels) for (const label of some) operations.set(`${id}=${label}`, length++)
  return {
    kind: 'adjacency',
    length,
    encode(architecture) {
      const { nodes, edges } = architectureGraph(definition, architecture)
      const vector = new Float64Array(length)
      const places = nodes.map(({ id, label }) => {
        const operation = operations.get(`${id}=${label}`)
        if (operation !== undefined) vector[operation] = 1
        return place.get(id) as number
      })
      for (const [from, to] of edges) vector[entry(places[from], places[to], ids.length)] = 1
      return vector
    },
  }
}

/** Place of (row, column), row < column, in the upper triangle of a matrix of so many rows, row by row. */
const entry = (row: number, column: number, size: number): number => (row * (2 * size - row - 1)) / 2 + column - row - 1
