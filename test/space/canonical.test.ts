import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSpace } from '../../src/hub/index.ts'
import { type ArchitectureGraph, canonicalText, reduceGraph, type Vertex, type VertexRole } from '../../src/space/index.ts'

const vertex = (id: string, label: string, role: VertexRole = 'operation'): Vertex => ({ id, label, role, signature: label })

/** A graph of operations between an input and an output; sources by index, the input being 0. */
const made = (labels: readonly string[], edges: readonly (readonly [number, number])[]): ArchitectureGraph => ({
  nodes: [
    vertex('input', 'input', 'input'),
    ...labels.map((label, i) => vertex(`v${i}`, label, label === 'zero' || label === 'identity' ? label : 'operation')),
    vertex('output', 'output', 'output'),
  ],
  edges,
})

/** Graphs of three to five operations of two kinds, with any edges, some of them twice. */
const graphs = fc.integer({ min: 3, max: 5 }).chain((count) => {
  const pairs = Array.from({ length: count + 1 }, (_, from) =>
    Array.from({ length: count + 1 - from }, (__, i) => [from, from + i + 1] as const),
  ).flat()
  return fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b'), { minLength: count, maxLength: count }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: pairs.length, maxLength: pairs.length }),
    )
    .map(([labels, times]) =>
      made(
        labels,
        pairs.flatMap((pair, i) => Array.from({ length: times[i] }, () => pair)),
      ),
    )
})

function permutations(count: number): number[][] {
  if (count === 0) return [[]]
  return permutations(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_, at) => [...rest.slice(0, at), count - 1, ...rest.slice(at)]),
  )
}

/** The least of all ways to write a graph down: equal for isomorphic graphs and no others, by trying every order. */
function byForce({ nodes, edges }: ArchitectureGraph): string {
  const texts = permutations(nodes.length).map((place) => {
    const labels: string[] = []
    nodes.forEach(({ label }, at) => (labels[place[at]] = label))
    return `${labels.join()};${edges
      .map(([from, to]) => `${place[from]}>${place[to]}`)
      .sort()
      .join()}`
  })
  return texts.sort()[0]
}

/** The same graph with its vertices in another order; edges may then go downwards. */
function relabelled({ nodes, edges }: ArchitectureGraph, place: readonly number[]): ArchitectureGraph {
  const moved: Vertex[] = []
  nodes.forEach((node, at) => (moved[place[at]] = { ...node, id: `w${place[at]}` }))
  return { nodes: moved, edges: edges.map(([from, to]) => [place[from], place[to]] as const).toReversed() }
}

describe('the canonical form of a graph', () => {
  it('is the same in whatever order the vertices come', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (graph, keys) => {
        const key = graph.nodes.map(() => keys.next().value as number)
        const place = [...key.keys()].sort((a, b) => key[a] - key[b])
        expect(canonicalText(relabelled(graph, place))).toBe(canonicalText(graph))
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  it('agrees with trying every order', () => {
    const small = fc.sample(
      graphs.filter(({ nodes }) => nodes.length === 5),
      { numRuns: 150, seed: 2 },
    )
    const byText = new Map<string, string>()
    for (const graph of small) {
      const force = byForce(graph)
      const text = canonicalText(graph)
      expect(byText.get(force) ?? text).toBe(text)
      byText.set(force, text)
    }
    expect(new Set(byText.values()).size).toBe(byText.size)
  })

  it('tells graphs apart that refinement alone cannot', () => {
    // Operations read each other in one ring of six or in two of three: every vertex looks alike.
    const ring = (next: (i: number) => number): ArchitectureGraph => ({
      nodes: Array.from({ length: 6 }, (_, i) => vertex(`${i}`, 'a')),
      edges: Array.from({ length: 6 }, (_, i) => [i, next(i)] as const),
    })
    const one = ring((i) => (i + 1) % 6)
    const two = ring((i) => (i % 3 === 2 ? i - 2 : i + 1))
    expect(canonicalText(one)).not.toBe(canonicalText(two))
    expect(canonicalText(relabelled(two, [3, 1, 5, 0, 2, 4]))).toBe(canonicalText(two))
  })

  it('is quick where many branches are alike', () => {
    const branches = 12
    const labels = Array.from({ length: 2 * branches }, (_, i) => (i % 2 === 0 ? 'a' : 'b'))
    const edges = Array.from(
      { length: branches },
      (_, i) =>
        [
          [0, 2 * i + 1],
          [2 * i + 1, 2 * i + 2],
          [2 * i + 2, 2 * branches + 1],
        ] as const,
    ).flat()
    expect(canonicalText(made(labels, edges)).length).toBeGreaterThan(branches)
  })
})

describe('the reduced graph', () => {
  const labels = ({ nodes }: ArchitectureGraph): readonly string[] => nodes.map(({ label }) => label)

  it('contracts identities, and sums twice what comes on two ways', () => {
    const reduced = reduceGraph(
      made(
        ['identity', 'a'],
        [
          [0, 1],
          [0, 2],
          [1, 2],
          [2, 3],
        ],
      ),
    )
    expect(labels(reduced)).toEqual(['input', 'a', 'output'])
    expect(reduced.edges).toEqual([
      [0, 1],
      [0, 1],
      [1, 2],
    ])
  })

  it('prunes zeros, what reads nothing else, and what nothing reads', () => {
    const reduced = reduceGraph(
      made(
        ['zero', 'a', 'b', 'c'],
        [
          [0, 1],
          [1, 2],
          [0, 3],
          [2, 5],
          [3, 5],
          [0, 4],
        ],
      ),
    )
    expect(labels(reduced)).toEqual(['input', 'b', 'output'])
  })
})

describe('the canonical form of an architecture', () => {
  it('is one for networks of NAS-Bench-Macro that differ in the place of an identity: 3,969 networks of 6,561 codes', () => {
    const space = findSpace('nas-bench-macro')
    const forms = new Set(Array.from(space.enumerate(), (architecture) => space.canonical(architecture)))
    expect(forms.size).toBe(3969)
    expect(space.canonical(space.parse('10100000'))).not.toBe(space.canonical(space.parse('11000000')))
    expect(space.canonical(space.parse('00010000'))).toBe(space.canonical(space.parse('00001000')))
  })

  it('is one for cells of NAS-Bench-201 that do the same', () => {
    const space = findSpace('nas-bench-201')
    const form = (text: string): string => space.canonical(space.parse(text))
    // By way of a node that passes on, and straight; with a branch that reads zeros, and without.
    const straight = form('|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|')
    expect(form('|skip_connect~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|')).toBe(straight)
    expect(form('|none~0|+|none~0|nor_conv_1x1~1|+|nor_conv_3x3~0|none~1|avg_pool_3x3~2|')).toBe(straight)
    expect(form('|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|')).not.toBe(straight)
    // One convolution read twice is not two of them.
    const once = form('|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|nor_conv_1x1~1|nor_conv_3x3~2|')
    expect(form('|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|nor_conv_1x1~1|nor_conv_3x3~2|')).not.toBe(once)
  })

  it('holds the hyper-parameters', () => {
    const space = findSpace('chain')
    const [architecture] = space.enumerate()
    expect(space.canonical({ ...architecture, learningRate: 0.1 })).not.toBe(space.canonical({ ...architecture, learningRate: 0.2 }))
  })
})
