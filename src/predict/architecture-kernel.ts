import { commonLabels, type LabelCounts } from './weisfeiler-lehman.ts'

/** What a kernel reads of an architecture. */
export interface KernelPoint {
  /** The decisions, choices one-hot and numbers from 0 to 1. */
  readonly vector: Float64Array
  /** Labels of the graph after 0, 1, … rounds of refinement. */
  readonly rounds: readonly LabelCounts[]
  /** Scalar product of each with itself. */
  readonly squares: readonly number[]
}

/** Weisfeiler-Lehman kernel over graphs and Gaussian kernel over decisions, each 1 for equal points, in shares. */
export interface KernelSetting {
  /** Share of the graph kernel, 0 to 1; the rest is the decisions'. */
  readonly graph: number
  /** Rounds of refinement that the graph kernel reads. */
  readonly rounds: number
  /** Squared length scale of the decisions' kernel. */
  readonly scale: number
}

/** How two points lie to each other: everything from which the kernel comes under any setting. */
export interface Relation {
  /** Squared distance of the decisions. */
  readonly distance: number
  /** Weisfeiler-Lehman kernel, normalised, by number of rounds. */
  readonly likeness: readonly number[]
}

/** A point, with the scalar products of its counts with themselves. */
export function kernelPoint(vector: Float64Array, rounds: readonly LabelCounts[]): KernelPoint {
  return { vector, rounds, squares: rounds.map((counts) => commonLabels(counts, counts)) }
}

export function relate(a: KernelPoint, b: KernelPoint): Relation {
  return { distance: distanceOf(a, b), likeness: a.rounds.map((_, rounds) => likenessOf(a, b, rounds)) }
}

export const kernel = ({ graph, rounds, scale }: KernelSetting, { distance, likeness }: Relation): number =>
  graph * likeness[rounds] + (1 - graph) * Math.exp(-distance / (2 * scale))

/** The kernel of two points; what a setting does not read is not computed. */
export function kernelBetween({ graph, rounds, scale }: KernelSetting, a: KernelPoint, b: KernelPoint): number {
  const ofGraphs = graph > 0 ? graph * likenessOf(a, b, rounds) : 0
  return graph < 1 ? ofGraphs + (1 - graph) * Math.exp(-distanceOf(a, b) / (2 * scale)) : ofGraphs
}

function distanceOf({ vector: a }: KernelPoint, { vector: b }: KernelPoint): number {
  let distance = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i]
    if (difference !== 0) distance += difference * difference
  }
  return distance
}

/** All rounds up to one, as one vector of counts. */
function likenessOf(a: KernelPoint, b: KernelPoint, rounds: number): number {
  let both = 0
  let first = 0
  let second = 0
  for (let round = 0; round <= rounds; round++) {
    both += commonLabels(a.rounds[round], b.rounds[round])
    first += a.squares[round]
    second += b.squares[round]
  }
  return both / Math.sqrt(first * second)
}
