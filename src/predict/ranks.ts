/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] === values[b] ? 0 : values[a] - values[b]))
  const ranks = values.map(() => 0)
  for (let from = 0; from < order.length; ) {
    // What is no number equals nothing, itself included.
    let to = from + 1
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}
