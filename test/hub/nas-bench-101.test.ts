import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { nasBench101Space } from '../../src/hub/index.ts'
import { canonicalText, encoder, type Vertex } from '../../src/space/index.ts'

const file = resolve(process.env.NASCENT_DATA ?? '../shared/data', 'zero-cost/zc_nasbench101_500.json.gz')
const names = ['input', 'output', 'maxpool3x3', 'conv1x1-bn-relu', 'conv3x3-bn-relu']

/** A cell in the published notation. */
const spec = (matrix: readonly (readonly number[])[], operations: readonly string[]): string =>
  `ModelSpec(matrix=[${matrix.map((row) => `[${row.join(', ')}]`).join(', ')}], ops=[${operations.map((name) => `'${name}'`).join(', ')}])`

describe('NAS-Bench-101', () => {
  const space = nasBench101Space()

  it('reads the published notation, also of fewer than seven vertices', () => {
    // The example of the benchmark's own page, cut to five vertices.
    const text = spec(
      [
        [0, 1, 1, 0, 1],
        [0, 0, 1, 1, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0],
      ],
      ['input', 'conv1x1-bn-relu', 'conv3x3-bn-relu', 'maxpool3x3', 'output'],
    )
    const printed = space.print(space.parse(text))
    expect(printed).toMatch(
      /^cell\(v1\(input=yes op=conv1x1-bn-relu\) v2\(input=yes v1=yes op=conv3x3-bn-relu\) v3\(input=no v1=yes v2=yes op=maxpool3x3\)/,
    )
    expect(printed).toContain('v4(input=no v1=no v2=no v3=no op=maxpool3x3)')
    expect(printed).toMatch(/join\(v1=no v2=no v3=yes v4=no v5=no\) out\(input=yes\)\)$/)
  })

  it('refuses cells with more than nine edges, or with no way through', () => {
    const all = Array.from({ length: 7 }, (_, from) => Array.from({ length: 7 }, (__, to) => (to > from ? 1 : 0)))
    const operations = ['input', ...Array.from({ length: 5 }, () => 'maxpool3x3'), 'output']
    const wrong = (matrix: readonly (readonly number[])[]): unknown =>
      space.check(space.parse(spec(matrix, operations))).map(({ message }) => message)
    expect(wrong(all)).toEqual([expect.stringContaining('at most 9 edges')])
    expect(wrong(all.map((row) => row.map(() => 0)))).toEqual([expect.stringContaining('leads from input to output')])
    // Dead vertices do not count.
    expect(wrong(all.map((row, from) => row.map((bit, to) => (to === 6 && from > 0 ? 0 : bit))))).toEqual([])
  })

  it('has the 364 paths of BANANAS', () => expect(encoder(space, 'path').length).toBe(364))

  it('has 423,624 cells that differ, by the canonical form', () => {
    const sizes = [2, 3, 4, 5, 6, 7].map((size) => wholeGraphs(size))
    expect(sizes.flat().reduce((sum, edges) => sum + labelled(edges), 0)).toBe(423_624)
    // The canonical form of cells with their operations says the same, here of the smaller ones.
    for (const graphs of sizes.slice(0, 4))
      for (const edges of graphs)
        expect(new Set(labellings(verticesOf(edges) - 2).map((labels) => text(labels, edges))).size).toBe(labelled(edges))
  }, 60_000)

  it.skipIf(!existsSync(file))(
    'has the published parameters in 500 cells (needs the zero-cost table, see NASCENT_DATA)',
    () => {
      const whole = nasBench101Space({ cells: 3, channels: 128 })
      const table = (
        JSON.parse(gunzipSync(readFileSync(file)).toString()) as { nasbench101: { cifar10: Record<string, { params: number }> } }
      ).nasbench101.cifar10
      for (const [key, { params }] of Object.entries(table)) {
        const numbers = (key.match(/\d+/g) as string[]).map(Number)
        const matrix = Array.from({ length: 7 }, (_, row) => numbers.slice(7 * row, 7 * row + 7))
        const architecture = whole.parse(
          spec(
            matrix,
            numbers.slice(49).map((code) => names[code]),
          ),
        )
        expect(whole.cost(architecture, { input: { shape: [3, 32, 32] }, outputs: 10 }).parameters).toBe(Math.round(params * 1e6))
      }
      expect(Object.keys(table)).toHaveLength(500)
    },
    60_000,
  )
})

type Edges = readonly (readonly [number, number])[]

/** A graph as the canonical form writes it, of vertices with these labels between input and output. */
function text(labels: readonly string[], edges: Edges): string {
  const ends = (role: 'input' | 'output'): Vertex => ({ id: role, label: role, role, signature: role })
  const middle = labels.map((label, i): Vertex => ({ id: String(i), label, role: 'operation', signature: label }))
  return canonicalText({ nodes: [ends('input'), ...middle, ends('output')], edges })
}

/** All lists of so many of three operations. */
const labellings = (count: number): readonly (readonly string[])[] =>
  count === 0 ? [[]] : labellings(count - 1).flatMap((rest) => ['a', 'b', 'c'].map((label) => [...rest, label]))

const verticesOf = (edges: Edges): number => Math.max(...edges.map(([, to]) => to)) + 1

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((first) => permutations(items.filter((other) => other !== first)).map((rest) => [first, ...rest]))
}

/** How many ways to give operations to a graph's vertices differ, by counting for each automorphism the ways that it leaves alone (Burnside's lemma). */
function labelled(edges: Edges): number {
  const size = verticesOf(edges)
  const known = new Set(edges.map(([from, to]) => from * size + to))
  const middle = Array.from({ length: size - 2 }, (_, i) => i + 1)
  const fixed = permutations(middle)
    .map((order) => [0, ...order, size - 1])
    .filter((image) => edges.every(([from, to]) => known.has(image[from] * size + image[to])))
    .map((image) => 3 ** cycles(image, middle))
  return fixed.reduce((sum, count) => sum + count, 0) / fixed.length
}

function cycles(image: readonly number[], vertices: readonly number[]): number {
  const seen = new Set<number>()
  return vertices.filter((start) => {
    if (seen.has(start)) return false
    for (let at = start; !seen.has(at); at = image[at]) seen.add(at)
    return true
  }).length
}

/** One of each class of bare graphs of so many vertices, at most nine edges, all of them between input and output. */
function wholeGraphs(size: number): readonly Edges[] {
  const pairs = Array.from({ length: size }, (_, from) =>
    Array.from({ length: size - from - 1 }, (__, i) => [from, from + i + 1] as const),
  ).flat()
  const found = new Map<string, Edges>()
  for (let mask = 0; mask < 2 ** pairs.length; mask++) {
    let bits = 0
    for (let rest = mask; rest > 0; rest &= rest - 1) bits++
    if (bits > 9 || bits < size - 1) continue
    const edges = pairs.filter((_, i) => (mask >> i) & 1)
    if (new Set(edges.map(([from]) => from)).size < size - 1 || new Set(edges.map(([, to]) => to)).size < size - 1) continue
    const bare = text(
      Array.from({ length: size - 2 }, () => 'any'),
      edges,
    )
    if (!found.has(bare)) found.set(bare, edges)
  }
  return [...found.values()]
}
