import type { CurvePoint, ObservedTrial } from '../proxy/proxy.ts'
import { choice, identity, type SearchSpace, space } from '../space/index.ts'
import type { Objective } from '../strategy/index.ts'

/** One network's learning curve, measured to its end. */
export interface WholeLearningCurve {
  readonly values: readonly number[]
  /** What was known before it was trained: costs, hyper-parameters, counts of operations. */
  readonly costs: Readonly<Record<string, number>>
}

/** Learning curves of one task, all with the same points. */
export interface CurveSet {
  readonly name: string
  /** What the curves are, for a table. */
  readonly summary: string
  readonly objective: Objective
  readonly shares: readonly number[]
  readonly curves: readonly WholeLearningCurve[]
  /** Curves that were left out, for they have no end. */
  readonly left: number
}

/** The networks of a curve set are no architectures of a space: this one has no decisions that tell them apart. */
export const noSpace: SearchSpace = space('curves', choice('only', { one: identity(), other: identity() }))

const architecture = { only: 'one' }

export const finalOf = ({ values }: WholeLearningCurve): number => values[values.length - 1]

export const pointsOf = ({ shares }: CurveSet, { values }: WholeLearningCurve): readonly CurvePoint[] =>
  shares.map((share, i) => ({ share, value: values[i] }))

/** A curve as a trial that was trained whole. */
export const wholeTrial = (set: CurveSet, curve: WholeLearningCurve, number: number): ObservedTrial => ({
  number,
  architecture,
  status: 'finished',
  curve: pointsOf(set, curve),
  final: finalOf(curve),
  costs: curve.costs,
})

/** A curve as a trial that has come to a number of points. */
export const partOfTrial = (whole: ObservedTrial, points: number, status: 'running' | 'finished'): ObservedTrial => ({
  ...whole,
  status,
  curve: whole.curve.slice(0, points),
  final: undefined,
})
