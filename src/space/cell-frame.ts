import { type ArchitectureGraph, architectureGraph, type Vertex } from './architecture-graph.ts'
import { cellsOf, holdsNumbers, isOperation } from './cells.ts'
import { type SpaceDefinition, resolve } from './definition.ts'
import { firstValue } from './domain.ts'
import { partsOf } from './parts.ts'
import type { Tree } from './tree.ts'
import type { Decision, DecisionValue } from './types.ts'
import { READ } from './wiring.ts'

/** What the graphs of all architectures of a cell space have in common: the vertices that there may be. */
export interface CellFrame {
  /** Ids of all vertices, each after those that it can read. */
  readonly ids: readonly string[]
  /** What can stand at a vertex where there is a choice. */
  readonly labels: ReadonlyMap<string, readonly string[]>
  /** All of those labels that are no zero. */
  readonly operations: readonly string[]
  /** Names of what the cells read; '' where there is one cell with one input. */
  readonly markers: readonly string[]
  /** The most operations on a path from input to output. */
  readonly longest: number
}

const frames = new WeakMap<SpaceDefinition, { readonly frame: CellFrame | undefined }>()

/** The frame of a space whose decisions are all choices of plain operations and of inputs in shared cells; undefined for other spaces. */
export function frameOf(definition: SpaceDefinition): CellFrame | undefined {
  let known = frames.get(definition)
  if (known === undefined) frames.set(definition, (known = { frame: makeFrame(definition) }))
  return known.frame
}

/** Choices of plain operations only, no numbers, nothing that comes and goes. */
function isFlat(tree: Tree): boolean {
  if (tree.kind === 'choice') return Object.values(tree.alternatives).every(isOperation)
  return tree.kind !== 'when' && partsOf(tree).every(isFlat)
}

function makeFrame(definition: SpaceDefinition): CellFrame | undefined {
  const cells = cellsOf(definition.root)
  if (cells.length === 0 || cells.some((cell) => holdsNumbers(cell) || !isFlat(cell))) return undefined
  const draw = (decide: (decision: Decision) => DecisionValue): ArchitectureGraph =>
    architectureGraph(definition, resolve(definition, decide).architecture)
  let alternatives = 1
  // Reading as much as there is leaves no loose ends but the last; reading little leaves many. Together they show every vertex.
  const full = draw((decision) => {
    if (decision.kind === 'choice') alternatives = Math.max(alternatives, decision.alternatives.length)
    return everything(decision) ?? firstValue(decision)
  })
  const ids = full.nodes.map(({ id }) => id)
  const vertices = [...full.nodes]
  let place = 0
  for (const vertex of draw(firstValue).nodes) {
    const known = ids.indexOf(vertex.id)
    if (known < 0) ids.splice(++place, 0, vertex.id)
    else place = known
    vertices.push(vertex)
  }
  for (let i = 0; i < alternatives; i++) {
    const { nodes } = draw((decision) => {
      const value = everything(decision)
      if (value !== undefined) return value
      return decision.kind === 'choice' ? decision.alternatives[Math.min(i, decision.alternatives.length - 1)] : firstValue(decision)
    })
    vertices.push(...nodes)
  }
  const labels = labelsOf(vertices)
  const markers = vertices.filter(
    ({ id, role }) => role === 'marker' && full.edges.some(([from, to]) => from === 0 && full.nodes[to].id === id),
  )
  const operations = vertices.filter(({ id, role }) => role !== 'zero' && labels.has(id)).map(({ label }) => label)
  return {
    ids,
    labels,
    operations: [...new Set(operations)],
    markers: markers.length === 0 ? [''] : [...new Set(markers.map(({ label }) => label))],
    longest: longestPath(full, labels),
  }
}

/** All sources, where it is sources that are decided. */
function everything(decision: Decision): DecisionValue | undefined {
  if (decision.kind === 'inputs') return Array.from({ length: decision.from }, (_, i) => i)
  return decision.kind === 'choice' && decision.alternatives === READ ? 'yes' : undefined
}

function labelsOf(vertices: readonly Vertex[]): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, Set<string>>()
  for (const { id, label } of vertices) labels.set(id, (labels.get(id) ?? new Set()).add(label))
  return new Map([...labels].filter(([, some]) => some.size > 1).map(([id, some]) => [id, [...some]]))
}

function longestPath({ nodes, edges }: ArchitectureGraph, labels: ReadonlyMap<string, unknown>): number {
  const longest = nodes.map(() => 0)
  nodes.forEach(({ id }, at) => {
    const before = edges.filter(([, to]) => to === at).map(([from]) => longest[from])
    longest[at] = Math.max(0, ...before) + (labels.has(id) ? 1 : 0)
  })
  return longest[nodes.length - 1]
}
