import type { Architecture, SearchSpace } from '../space/types.ts'
import type { Objective, StrategyEntry } from '../strategy/strategy.ts'

/** A point of a trial's learning curve: the first objective's metric on the validation part. */
export interface CurvePoint {
  /** Share of the whole training that was done, above 0, at most 1. */
  readonly share: number
  readonly value: number
}

/** What a proxy knows of a trial. */
export interface ObservedTrial {
  readonly number: number
  readonly architecture: Architecture
  /** 'paused' can be continued from its checkpoint. */
  readonly status: 'running' | 'paused' | 'finished' | 'failed'
  readonly curve: readonly CurvePoint[]
  /** Value of the whole training. */
  readonly final?: number
  /** What is known before training: parameters, flops, and the zero-cost scores that were asked for. */
  readonly costs: Readonly<Record<string, number>>
}

/** What a proxy expects of the whole training, for the record. */
export interface Prediction {
  readonly value: number
  readonly deviation?: number
  /** The value that it was compared with, and the probability of being better than that. */
  readonly best?: number
  readonly probability?: number
}

/** Ends a trial before its training is whole. */
export interface Stop {
  /** Why, as the end of a sentence: "its accuracy of 0.51 is below the median 0.63". */
  readonly stop: string
  readonly prediction?: Prediction
}

export type Verdict = 'continue' | Stop

export interface ProxyContext {
  readonly space: SearchSpace
  readonly seed: number
  readonly objective: Objective
}

/**
 * A cheaper way to judge networks than training each of them whole. All methods are functions of what they are given, so a run that goes on decides as it
 * would have decided; what is slow to make may be remembered.
 */
export interface Proxy {
  /** Whether a proposal is worth training at all; undefined: it is. @param trials all others, in order of number */
  screen?(architecture: Architecture, trials: readonly ObservedTrial[]): Stop | undefined
  /** Whether a trial goes on, after each point of its curve (the first at share 0 where scores are asked for, which are in its costs then). */
  judge?(trial: ObservedTrial, others: readonly ObservedTrial[]): Verdict
  /** Number of a paused trial that is to go on in place of a new proposal, asked when there is room. */
  promote?(trials: readonly ObservedTrial[]): number | undefined
}

/** A registry entry: data, so that help, docs and the page read the same. */
export interface ProxyEntry {
  readonly name: string
  readonly summary: string
  /** Authors, year, arXiv id. */
  readonly paper?: string
  readonly options: StrategyEntry['options']
  /** Shares of the training after which a trial is validated on the way, ascending, below 1; default: after each epoch. */
  points?(options?: Readonly<Record<string, number | string | boolean>>): readonly number[]
  /** Whether paused trials may go on by themselves (`promote`). */
  readonly promotes?: boolean
  /** Zero-cost scores to compute before a trial is trained. */
  readonly scores?: readonly string[]
  make(context: ProxyContext, options?: Readonly<Record<string, number | string | boolean>>): Proxy
}
