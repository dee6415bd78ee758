/** With how many of the examples a model is fitted: it is fitted anew for each tenth more than before, and whenever it is first asked. */
export function lastFit(count: number, first: number): number {
  let at = Math.min(count, Math.max(2, first))
  for (let next = at; next <= count; next += Math.max(1, Math.floor(next / 10))) at = next
  return at
}
