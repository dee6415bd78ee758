import { ranksOf } from '../../predict/ranks.ts'
import type { Scores } from './program.ts'

/** A network with its scores and its place by each of them, from 1. */
export interface Ranked {
  readonly scores: Scores
  readonly ranks: Readonly<Record<string, number>>
  readonly meanRank: number
}

/**
 * The place of each network by each score, 1 for the largest, and the mean of these places; equal scores share the mean of theirs.
 *
 * @returns in the order of the networks
 */
export function rankScores(all: readonly Scores[]): readonly Ranked[] {
  const names = Object.keys(all[0] ?? {})
  const ranks = new Map(names.map((name) => [name, ranksOf(all.map((scores) => -scores[name]))]))
  return all.map((scores, i) => {
    const own = Object.fromEntries(names.map((name) => [name, (ranks.get(name) as number[])[i]]))
    return { scores, ranks: own, meanRank: names.reduce((sum, name) => sum + own[name], 0) / names.length }
  })
}
