import { distance } from 'fastest-levenshtein'

/**
 * The names most like `name`, best first: for "did you mean" in errors. Only names near enough to be a slip (half of the letters at most differ).
 */
export function nearestNames(name: string, names: readonly string[], count = 3): readonly string[] {
  return names
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(name.length, candidate.length) / 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

/** ` Did you mean "x" or "y"?` with a leading space, or nothing when no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestNames(name, names)
  return near.length === 0 ? '' : ` Did you mean ${near.map((candidate) => `"${candidate}"`).join(' or ')}?`
}
