import type { Objective, Outcome } from './strategy.ts'

/** What a trial measured, a number an objective, all to be made greater; undefined when it did not finish or lacks a metric. */
export function scoresOf(objectives: readonly Objective[], outcome: Pick<Outcome, 'status' | 'metrics'>): readonly number[] | undefined {
  if (outcome.status === 'failed') return undefined
  const scores = objectives.map(({ metric, direction }) => (direction === 'maximize' ? 1 : -1) * (outcome.metrics[metric] ?? Number.NaN))
  return scores.every(Number.isFinite) ? scores : undefined
}

/** Whether one point is nowhere worse than another and somewhere better; coordinates are to be made greater. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false
  for (let i = 0; i < a.length; i++) {
    if (a[i] < b[i]) return false
    if (a[i] > b[i]) better = true
  }
  return better
}

/** Places of the points that no other dominates: the Pareto front. Equal points are all in it. */
export function paretoFront(points: readonly (readonly number[])[]): readonly number[] {
  return points.flatMap((point, i) => (points.some((other) => dominates(other, point)) ? [] : [i]))
}

/**
 * Fast non-dominated sorting (Deb et al. 2002): the front of each point, from 0, where front k is what no point dominates once the fronts before k are gone.
 * O(objectives · points²).
 */
export function frontsOf(points: readonly (readonly number[])[]): readonly number[] {
  const below = points.map((): number[] => [])
  const above = points.map(() => 0)
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++) {
      const [winner, loser] = dominates(points[i], points[j]) ? [i, j] : dominates(points[j], points[i]) ? [j, i] : [-1, -1]
      if (winner < 0) continue
      below[winner].push(loser)
      above[loser]++
    }
  const fronts = points.map(() => 0)
  let open = points.flatMap((_, i) => (above[i] === 0 ? [i] : []))
  for (let front = 0; open.length > 0; front++) {
    const next: number[] = []
    for (const i of open) {
      fronts[i] = front
      for (const j of below[i]) if (--above[j] === 0) next.push(j)
    }
    open = next
  }
  return fronts
}

/**
 * Crowding distance (Deb et al. 2002) of each point among others of its front: how far its neighbours on both sides lie apart, summed over the objectives, each
 * as a share of its range; infinite at the ends of an objective.
 */
export function crowdingOf(points: readonly (readonly number[])[]): readonly number[] {
  const distances = points.map(() => 0)
  for (let m = 0; m < (points[0]?.length ?? 0); m++) {
    const order = points.map((_, i) => i).sort((a, b) => points[a][m] - points[b][m] || a - b)
    const last = order.length - 1
    const range = points[order[last]][m] - points[order[0]][m]
    if (range === 0) continue
    distances[order[0]] = distances[order[last]] = Infinity
    for (let i = 1; i < last; i++) distances[order[i]] += (points[order[i + 1]][m] - points[order[i - 1]][m]) / range
  }
  return distances
}
