import type { Curve } from '../predict/curves/index.ts'
import type { Objective } from '../strategy/strategy.ts'
import type { ObservedTrial } from './proxy.ts'

/** Turns a metric so that more is better, and back. */
export const signOf = ({ direction }: Objective): 1 | -1 => (direction === 'maximize' ? 1 : -1)

/** The points of a trial's curve that are numbers, turned so that more is better. */
export function curveOf({ curve }: ObservedTrial, sign: 1 | -1): Curve {
  const points = curve.filter(({ share, value }) => share > 0 && Number.isFinite(value))
  return { shares: points.map(({ share }) => share), values: points.map(({ value }) => sign * value) }
}

/** A trial that was trained whole. */
export type WholeTrial = ObservedTrial & { readonly final: number }

const isWhole = (trial: ObservedTrial): trial is WholeTrial => trial.status !== 'failed' && Number.isFinite(trial.final)

/** Trials that were trained whole, in order of number. */
export const wholeTrials = (trials: readonly ObservedTrial[]): readonly WholeTrial[] =>
  trials.filter(isWhole).toSorted((a, b) => a.number - b.number)

/** The largest final value, turned so that more is better; −Infinity where there is none. */
export const bestFinal = (whole: readonly WholeTrial[], sign: 1 | -1): number => Math.max(...whole.map(({ final }) => sign * final))

/** Tells sets of whole trainings apart, for what was learned from them to be remembered by. */
export const keyOf = (whole: readonly WholeTrial[]): string => whole.map(({ number, final }) => `${number}:${final}`).join()

/** How far a trial has come: the share of its last point, 0 before the first. */
export const shareOf = ({ curve }: ObservedTrial): number => (curve.length === 0 ? 0 : curve[curve.length - 1].share)

/** Whether a trial's last point is the first one at or behind a multiple of a step, which is when slow judges look; the end is none. */
export function reached({ curve }: ObservedTrial, step: number): boolean {
  const now = curve.length === 0 ? 0 : curve[curve.length - 1].share
  const before = curve.length < 2 ? 0 : curve[curve.length - 2].share
  return now < 1 - 1e-9 && Math.floor(now / step + 1e-9) > Math.floor(before / step + 1e-9)
}

/** 0.123456 → "0.1235": four digits, as sentences show values. */
export const shown = (value: number): string => String(Number(value.toPrecision(4)))
