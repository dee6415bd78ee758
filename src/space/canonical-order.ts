type Edges = readonly (readonly [from: number, to: number])[]

/** A leaf of the search: an order of the vertices and what the graph looks like in it. */
interface Leaf {
  readonly order: readonly number[]
  readonly path: readonly number[]
}

/**
 * An order of a coloured directed multigraph's vertices such that isomorphic graphs look the same in it: colour refinement (Weisfeiler and Lehman 1968),
 * then every vertex of an undecided class tried in turn, the least look taken; whatever an automorphism found on the way makes equal is tried once
 * (McKay 1981).
 */
export function canonicalOrder(colours: readonly string[], edges: Edges): readonly number[] {
  const sorted = [...new Set(colours)].sort()
  const start = colours.map((colour) => sorted.indexOf(colour))
  const incoming = colours.map((): number[] => [])
  const outgoing = colours.map((): number[] => [])
  for (const [from, to] of edges) {
    outgoing[from].push(to)
    incoming[to].push(from)
  }

  /** Splits classes by the classes of sources and readers until nothing changes; a class's number is how many vertices come before it. */
  const refine = (classes: readonly number[]): number[] => {
    let current = [...classes]
    for (let count = new Set(current).size; ; ) {
      const keys = current.map((own, at) => [own, list(incoming[at], current), list(outgoing[at], current)].join(';'))
      const byKey = [...keys.keys()].sort((a, b) => current[a] - current[b] || (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0))
      const next: number[] = []
      byKey.forEach((at, i) => (next[at] = i > 0 && keys[at] === keys[byKey[i - 1]] ? next[byKey[i - 1]] : i))
      const size = new Set(next).size
      current = next
      if (size === count) return current
      count = size
    }
  }

  const leaves = new Map<string, Leaf>()
  let best: string | undefined
  /** Classes of vertices known to be alike, for each vertex on the way to where the search stands. */
  const alike: { readonly path: readonly number[]; readonly root: number[] }[] = []

  /** Searches below a partition; gives the depth to go back to. */
  const search = (classes: readonly number[], path: readonly number[]): number => {
    const undecided = firstTie(classes)
    if (undecided.length === 0) return leaf(classes, path)
    const level = { path, root: classes.map((_, at) => at) }
    alike.push(level)
    const tried: number[] = []
    for (const at of undecided) {
      if (tried.some((other) => find(level.root, other) === find(level.root, at))) continue
      tried.push(at)
      const own = classes[at]
      // The vertex comes before the rest of its class.
      const next = classes.map((other, i) => (other === own && i !== at ? other + 1 : other))
      const back = search(refine(next), [...path, at])
      if (back < path.length) {
        alike.pop()
        return back
      }
    }
    alike.pop()
    return path.length
  }

  const leaf = (classes: readonly number[], path: readonly number[]): number => {
    const order: number[] = []
    classes.forEach((place, at) => (order[place] = at))
    const look = edges
      .map(([from, to]) => classes[from] * colours.length + classes[to])
      .sort((a, b) => a - b)
      .join()
    const same = leaves.get(look)
    if (best === undefined || look < best) best = look
    if (same === undefined) {
      leaves.set(look, { order, path })
      return path.length
    }
    // An automorphism: everything it moves is alike wherever it leaves the way there in place.
    const image = new Map(same.order.map((at, i) => [at, order[i]]))
    for (const level of alike)
      if (level.path.every((at) => image.get(at) === at)) for (const [from, to] of image) join(level.root, from, to)
    let common = 0
    while (same.path[common] === path[common]) common++
    return common
  }

  search(refine(start), [])
  return (leaves.get(best as string) as Leaf).order
}

const list = (ends: readonly number[], classes: readonly number[]): string =>
  ends
    .map((end) => classes[end])
    .sort((a, b) => a - b)
    .join()

/** The vertices of the first class that holds more than one. */
function firstTie(classes: readonly number[]): readonly number[] {
  const members = classes.map((): number[] => [])
  classes.forEach((place, at) => members[place].push(at))
  return members.find((some) => some.length > 1) ?? []
}

function find(root: number[], at: number): number {
  while (root[at] !== at) at = root[at]
  return at
}

function join(root: number[], a: number, b: number): void {
  root[find(root, a)] = find(root, b)
}
