import { SpaceError } from '../space/index.ts'

/** What one node of a published cell reads: an operation on one source, by the source's number. */
export interface PublishedEdge {
  readonly operation: string
  readonly source: number
}

export interface PublishedCell {
  /** Two edges a node, one node after the other. */
  readonly edges: readonly PublishedEdge[]
  /** Numbers of the nodes that are concatenated. */
  readonly concat: readonly number[]
}

/**
 * Reads `Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=[2, 3, 4, 5], reduce=[…], reduce_concat=range(2, 6))`, the notation in which DARTS and
 * its many successors publish cells: two edges a node, sources 0 and 1 being the outputs of the cell before the last and of the last.
 * Undefined for other texts.
 */
export function readGenotype(text: string): Readonly<Record<'normal' | 'reduce', PublishedCell>> | undefined {
  if (!/^\s*Genotype\(/.test(text)) return undefined
  return { normal: readCell(text, 'normal'), reduce: readCell(text, 'reduce') }
}

function readCell(text: string, name: string): PublishedCell {
  const list = new RegExp(`\\b${name}\\s*=\\s*\\[([^\\]]*)\\]`).exec(text)?.[1]
  if (list === undefined) throw new SpaceError(`The genotype lacks "${name}=[…]".`)
  const edges = Array.from(list.matchAll(/\(\s*['"](\w+)['"]\s*,\s*(\d+)\s*\)/g), ([, operation, source]) => ({
    operation,
    source: Number(source),
  }))
  const concat = new RegExp(`\\b${name}_concat\\s*=\\s*(?:range\\((\\d+),\\s*(\\d+)\\)|\\[([^\\]]*)\\])`).exec(text)
  if (concat === null) throw new SpaceError(`The genotype lacks "${name}_concat=[…]".`)
  const [, from, to, numbers] = concat
  return {
    edges,
    concat: numbers === undefined ? range(Number(from), Number(to)) : numbers.split(',').map(Number),
  }
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)
