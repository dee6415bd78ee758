import {
  type Architecture,
  choice,
  dense,
  globalPool,
  graph,
  identity,
  inputs,
  limitSpace,
  maxPool,
  type NodeDeclaration,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  takeChannels,
  type Tree,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'

const frame = { cells: 1, channels: 16 }
const summary =
  'the cell of NAS-Bench-101: any directed acyclic graph of up to seven vertices and nine edges, one of three operations on each vertex'

const vertices = ['v1', 'v2', 'v3', 'v4', 'v5'] as const
const most = 9

const operation = choice('op', {
  'conv3x3-bn-relu': convBlock('part', 3),
  'conv1x1-bn-relu': convBlock('part', 1),
  maxpool3x3: maxPool(3, { stride: 1 }),
})

/** On an edge: the cell's input is projected to the channels of the vertex, a vertex is cut off to them. */
const edge = (source: string): Tree => (source === 'input' ? convBlock('part', 1) : takeChannels('part'))

/** Five vertices; those that lead to the output are joined there, and the input is added where it does so itself. */
function cell(channels: number): Tree {
  const nodes: Record<string, NodeDeclaration> = {}
  vertices.forEach((vertex, i) => {
    nodes[vertex] = { inputs: inputs({ from: ['input', ...vertices.slice(0, i)], count: 'any', each: edge }), body: operation }
  })
  nodes.join = inputs({ from: vertices, count: 'any', merge: 'concat' })
  nodes.out = inputs({
    always: ['join'],
    from: ['input'],
    count: 'any',
    each: (source) => (source === 'input' ? edge(source) : identity()),
  })
  return share('cell', graph(nodes, { divide: channels }))
}

/** Edges of the cell as pairs of vertices, 0 the input and 6 the output, without those of vertices that do not lead from input to output. */
function liveEdges(architecture: Architecture): readonly (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = []
  for (const path in architecture) {
    if (architecture[path] !== 'yes') continue
    const [, to, from] = path.split('/')
    edges.push([numberOf(from), numberOf(to)])
  }
  const fed = new Set([0])
  const needed = new Set([6])
  for (let vertex = 1; vertex <= 6; vertex++) if (edges.some(([from, to]) => to === vertex && fed.has(from))) fed.add(vertex)
  for (let vertex = 5; vertex >= 0; vertex--) if (edges.some(([from, to]) => from === vertex && needed.has(to))) needed.add(vertex)
  return edges.filter(([from, to]) => fed.has(from) && needed.has(to))
}

const numberOf = (name: string): number => (name === 'input' ? 0 : name === 'out' || name === 'join' ? 6 : Number(name.slice(1)))

/** The published notation: an adjacency matrix and the operations of its vertices, as in `ModelSpec(matrix=[[0, 1, …], …], ops=['input', …, 'output'])`. */
function published(text: string): string | undefined {
  const rows = /\[\s*(\[[\s\S]*\])\s*\]/.exec(text)?.[1].match(/\[[^[\]]*\]/g)
  const words = text.match(/['"][\w-]+['"]/g)?.map((word) => word.slice(1, -1))
  const operations = words?.filter((word) => word !== 'matrix' && word !== 'ops')
  if (!rows || !operations || operations.length !== rows.length || operations[0] !== 'input' || rows.length > 7) return undefined
  const matrix = rows.map((row) => (row.match(/\d+/g) ?? []).map(Number))
  const last = rows.length - 1
  const reads = (from: number, to: number): string => (matrix[from]?.[to] ? 'yes' : 'no')
  const printed = vertices.map((vertex, i) => {
    const there = i + 1 < last
    const sources = ['input', ...vertices.slice(0, i)].map((source, from) => `${source}=${there ? reads(from, i + 1) : 'no'}`)
    return `${vertex}(${sources.join(' ')} op=${there ? operations[i + 1] : 'maxpool3x3'})`
  })
  const join = vertices.map((vertex, i) => `${vertex}=${i + 1 < last ? reads(i + 1, last) : 'no'}`)
  return `cell(${printed.join(' ')} join(${join.join(' ')}) out(input=${reads(0, last)}))`
}

/**
 * NAS-Bench-101 (Ying et al. 2019): 2^21 · 3^5 ways to write a cell down, of which those with a way from input to output and at most nine edges, dead
 * ones aside, are architectures; 423,624 of them differ. Three stacks of cells, the channels doubled from stack to stack. Architectures may be written
 * as a published matrix with its operations, too.
 *
 * @param options.cells cells in a stack (the paper's: 3)
 * @param options.channels channels of the first stack (the paper's: 128)
 */
export function nasBench101Space(options: Frame = {}): SearchSpace {
  const { cells, channels } = { ...frame, ...options }
  const stacked = (name: string, width: number): Tree => repeat(name, cells, cell(width))
  const whole = space(
    'nas-bench-101',
    sequence(
      scope('stem', convBlock(channels, 3)),
      stacked('first', channels),
      scope('firstReduction', maxPool(2)),
      stacked('second', 2 * channels),
      scope('secondReduction', maxPool(2)),
      stacked('third', 4 * channels),
      globalPool(),
      dense('classes'),
    ),
    { summary, notations: [published] },
  )
  return limitSpace(whole, {
    accepts(architecture) {
      const { length } = liveEdges(architecture)
      return length > 0 && length <= most
    },
    message: `a cell of NAS-Bench-101 leads from input to output and has at most ${most} edges.`,
  })
}

export const nasBench101: SpaceEntry = {
  name: 'nas-bench-101',
  summary,
  paper: 'Ying, Klein, Real, Christiansen, Murphy, Hutter 2019, arXiv:1902.09635',
  kinds: ['image', 'signal'],
  frame,
  make: nasBench101Space,
}
