import type { LabelledGraph } from '../../predict/index.ts'

/** Size and lengths of a graph whose edges go from lower to higher vertices: vertices, edges, longest and shortest way to the last one, number of ways. */
export function graphMeasures({ labels, edges }: LabelledGraph): readonly number[] {
  const longest = labels.map((_, i): number => (i === 0 ? 0 : -1))
  const shortest = labels.map((_, i): number => (i === 0 ? 0 : Infinity))
  const ways = labels.map((_, i): number => (i === 0 ? 1 : 0))
  for (const [from, to] of edges.toSorted((a, b) => a[0] - b[0])) {
    if (longest[from] < 0) continue
    longest[to] = Math.max(longest[to], longest[from] + 1)
    shortest[to] = Math.min(shortest[to], shortest[from] + 1)
    ways[to] += ways[from]
  }
  const last = labels.length - 1
  return [labels.length, edges.length, longest[last], Number.isFinite(shortest[last]) ? shortest[last] : -1, Math.log1p(ways[last])]
}

/** How often each of some labels stands in a graph. */
export function labelCounts({ labels }: LabelledGraph, known: readonly string[]): readonly number[] {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return known.map((label) => counts.get(label) ?? 0)
}
