/**
 * The lowest point that a simplex finds, which walks by reflecting, stretching and shrinking its corners (Nelder and Mead 1965): needs no gradient, and takes
 * Infinity for "not here".
 *
 * @param start where to begin @param sizes first steps along each axis @param evaluations of the function, at most about
 */
export function nelderMead(
  f: (point: Float64Array) => number,
  start: ArrayLike<number>,
  sizes: ArrayLike<number>,
  evaluations: number,
): Float64Array {
  const n = start.length
  const corner = (point: Float64Array): { readonly point: Float64Array; readonly value: number } => ({ point, value: f(point) })
  const first = Float64Array.from(start)
  const corners = [corner(first)]
  for (let axis = 0; axis < n; axis++) {
    const point = first.slice()
    point[axis] += sizes[axis]
    corners.push(corner(point))
  }
  for (let count = n + 1; count < evaluations; ) {
    corners.sort((a, b) => a.value - b.value)
    const worst = corners[n]
    if (worst.value - corners[0].value < 1e-10) break
    const centre = new Float64Array(n)
    for (let i = 0; i < n; i++) for (let axis = 0; axis < n; axis++) centre[axis] += corners[i].point[axis] / n
    const at = (factor: number): (typeof corners)[number] =>
      corner(centre.map((value, axis) => value + factor * (worst.point[axis] - value)))
    const reflected = at(-1)
    count++
    if (reflected.value < corners[n - 1].value && reflected.value >= corners[0].value) {
      corners[n] = reflected
      continue
    }
    const tried = at(reflected.value < corners[0].value ? -2 : reflected.value < worst.value ? -0.5 : 0.5)
    count++
    if (tried.value < Math.min(reflected.value, worst.value)) corners[n] = tried
    else if (reflected.value < worst.value) corners[n] = reflected
    else {
      const best = corners[0].point
      for (let i = 1; i <= n; i++) corners[i] = corner(corners[i].point.map((value, axis) => (value + best[axis]) / 2))
      count += n
    }
  }
  return corners.reduce((best, other) => (other.value < best.value ? other : best)).point
}
