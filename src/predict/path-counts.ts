import type { LabelledGraph } from './weisfeiler-lehman.ts'

/** Largest number of different ways to one vertex that are told apart. */
const WAYS = 512
/** Larger counts count as this. */
const MOST = 4

/**
 * How often each sequence of labels leads from the first vertex of a directed acyclic graph to its last: path encoding (White, Neiswanger and Savani 2021,
 * arXiv:1910.11858) with counts, hashed to a fixed number of places (Weinberger et al. 2009, arXiv:0902.2206). Edges go from lower to higher vertices.
 *
 * @param graph vertices with an empty label are passed through
 * @param length places of the vector, a power of two
 */
export function pathCounts({ labels, edges }: LabelledGraph, length: number): Float64Array {
  const sources = labels.map((): number[] => [])
  for (const [from, to] of edges) sources[to].push(from)
  const ways = labels.map((): Map<number, number> => new Map())
  ways[0].set(extend(0, labels[0]), 1)
  for (let at = 1; at < labels.length; at++) {
    for (const source of sources[at])
      for (const [way, count] of ways[source]) {
        const next = extend(way, labels[at])
        const known = ways[at].get(next)
        if (known !== undefined || ways[at].size < WAYS) ways[at].set(next, (known ?? 0) + count)
      }
  }
  const vector = new Float64Array(length)
  for (const [way, count] of ways[labels.length - 1]) {
    const place = mix(way) & (length - 1)
    vector[place] = Math.min(MOST, vector[place] + count)
  }
  return vector
}

/** Hash of a sequence with one label more. */
function extend(way: number, label: string): number {
  if (label === '') return way
  let h = Math.imul(way ^ 0x9e3779b9, 0x01000193)
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193)
  return mix(h)
}

function mix(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
