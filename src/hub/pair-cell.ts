import { choice, graph, inputs, looseEnds, type NodeDeclaration, share, SpaceError, type Tree } from '../space/index.ts'
import type { PublishedCell } from './genotype.ts'
import { type CellPlace, preprocess, strideFrom } from './two-input-cells.ts'

/** Operations by name, for so many channels. */
export type Operations = (channels: number, stride: number) => Readonly<Record<string, Tree>>

export interface PairCellOptions {
  /** Cells of one name are one; default: the kind of the place. */
  readonly name?: string
  /** What the cell gives; default: what no node reads, concatenated. */
  readonly output?: ReturnType<typeof looseEnds> | ReturnType<typeof inputs>
}

/**
 * A cell of so many nodes, each the sum of two operations on one source each, chosen with its operation among the cell's two inputs and the nodes
 * before; unless told otherwise, what no node reads is concatenated (Zoph et al. 2018, arXiv:1707.07012). Node `n1` is the sum of `n1a` and `n1b`.
 */
export function pairCell(
  place: CellPlace,
  count: number,
  operations: Operations,
  { name = place.kind, output = looseEnds('concat') }: PairCellOptions = {},
): Tree {
  const each = (source: string): Tree => choice('op', operations(place.channels, strideFrom(place, source)))
  const declared: Record<string, NodeDeclaration> = { ...preprocess(place) }
  const sources = Object.keys(declared)
  for (let i = 1; i <= count; i++) {
    const sides = [`n${i}a`, `n${i}b`]
    for (const side of sides) declared[side] = inputs({ from: [...sources], count: 1, each })
    declared[`n${i}`] = inputs({ from: sides })
    sources.push(`n${i}`)
  }
  return share(name, graph(declared, { output }))
}

/** A published cell of pairs in the notation of such a space. @param output what the space's cell concatenates */
export function printPairs(
  name: string,
  count: number,
  { edges, concat }: PublishedCell,
  output: 'loose-ends' | 'all' = 'loose-ends',
): string {
  if (edges.length !== 2 * count) throw new SpaceError(`The ${name} cell has ${edges.length} edges, but this space has ${2 * count}.`)
  const given = Array.from({ length: count }, (_, i) => i + 2).filter(
    (node) => output === 'all' || !edges.some(({ source }) => source === node),
  )
  if (concat.length > 0 && concat.toSorted((a, b) => a - b).join() !== given.join())
    throw new SpaceError(
      `The ${name} cell concatenates ${concat.join(', ')}, but here it is ${output === 'all' ? 'all nodes' : 'what no node reads'}: ${given.join(', ')}.`,
    )
  const sources = ['s0', 's1', ...Array.from({ length: count }, (_, i) => `n${i + 1}`)]
  return edges
    .map(
      ({ operation, source }, i) => `n${Math.floor(i / 2) + 1}${i % 2 === 0 ? 'a' : 'b'}(inputs=${source} ${sources[source]}=${operation})`,
    )
    .join(' ')
}
