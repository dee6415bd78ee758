import type { BatchOptions } from '../data/batches.ts'
import type { BatchSource, Dataset } from '../data/dataset.ts'
import type { Network, Weights } from '../network/index.ts'
import type { Architecture, NetworkContext, SearchSpace } from '../space/index.ts'
import type { Objective, Strategy, StrategyContext, StrategyEntry } from '../strategy/index.ts'
import type { Reward } from './reward.ts'
import type { Device, Runtime, SessionCache } from '../tensor/index.ts'
import type { SharedWeights } from './shared-weights.ts'

/** How long a supernet is trained; chosen before it begins and recorded, so that a run goes on as it would have gone. */
export interface SupernetPlan {
  readonly epochs: number
  /** Ends inside the last epoch; all of it when absent. */
  readonly steps?: number
  /** Different paths that are compiled in all, and batches that each of them is trained on in a row. */
  readonly paths?: number
  readonly hold?: number
}

/** What a supernet is trained with and on. */
export interface OneShotContext {
  readonly runtime: Runtime
  readonly dataset: Dataset
  /** With its hyper-parameters fixed: see `searchedSpace`. */
  readonly space: SearchSpace
  readonly openBatches: (dataset: Dataset, options: BatchOptions) => BatchSource
  readonly seed: number
  /** Share of the training part that is used; all when absent. */
  readonly share?: number
  readonly objectives: readonly Objective[]
  /** What methods that learn from rewards get, in place of the accuracy. */
  readonly reward?: Reward
  readonly threads?: number
  readonly device?: Device
  readonly shared?: boolean
  readonly cache?: SessionCache
}

/** One pass over the training part, or a tenth of the training where that is less, as it is recorded. */
export interface SupernetEpoch {
  /** From 1. */
  readonly epoch: number
  /** Steps done since the beginning. */
  readonly step: number
  /** Mean loss of the epoch's steps. */
  readonly trainLoss: number
  readonly seconds: number
  /** What the method keeps an eye on: entropy of the controller, its baseline, skip connections, … */
  readonly metrics: Readonly<Record<string, number>>
  /** Probability of each alternative, by decision and alternative. */
  readonly alphas?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What the user should know, such as a beginning collapse to skip connections. */
  readonly warning?: string
}

/** All that a supernet's training goes on from: plain data, bit-exact. */
export interface SupernetState {
  readonly step: number
  readonly tensors: Weights
  /** Plain JSON: what the method has learnt and its place in the work. */
  readonly learned: unknown
}

/** Work on a supernet: one step after the other, on a state that can be saved between any two. Not for concurrent steps. */
export interface SupernetTrainer {
  /** Steps in an epoch. */
  readonly batches: number
  /** How long to train in so many seconds, by a measurement, after which all is as before; by the data's size where time does not count. */
  plan(seconds: number | undefined): Promise<SupernetPlan>
  /** Begins anew under a plan. */
  begin(plan: SupernetPlan): void
  /** Steps done. */
  readonly step: number
  /** Trains on one batch; gives its loss. */
  advance(): Promise<number>
  /** What is recorded after an epoch. */
  inspect(): Promise<Pick<SupernetEpoch, 'metrics' | 'alphas' | 'warning'>>
  state(): SupernetState
  restore(state: SupernetState): void
  release(): Promise<void>
}

/**
 * Where the final model's weights come from: trained from scratch; the shared ones as they are; or, of the two, those that do better on the validation part,
 * which the training from scratch then does without.
 */
export type FinalWeights = 'scratch' | 'shared' | 'better'

export type Settings = Readonly<Record<string, number | string | boolean>>

/** A path as data and as a network. */
export interface Path {
  readonly network: Network
  readonly architecture: Architecture
}

/** What a path's weights are taken from, besides the shared tensors. */
export interface Trained {
  readonly space: SearchSpace
  /** Of the trained supernet's state. */
  readonly learned: unknown
  readonly options?: Settings
}

/** A weight-sharing method: trains one supernet, then proposes paths through it, which are judged with its weights. */
export interface OneShotEntry extends Omit<StrategyEntry, 'make'> {
  /** Why the method cannot take a space on such data, as a sentence with the mend, and what it leaves out of the space; both are said before anything runs. */
  check?(space: SearchSpace, context: NetworkContext, options?: Settings): { readonly fault?: string; readonly notes: readonly string[] }
  /** Paths that are judged when no number of trials is given. */
  readonly proposals: number
  /** Space that is taken for images when none is named; default: as for any strategy. */
  readonly space?: string
  /** Share of the search's time for training the supernet; the rest is for judging paths. */
  readonly searchShare: number
  /** Default: from scratch. */
  finalWeights?(options?: Settings): FinalWeights
  /** What trains the supernet; `begin` comes before the first step. */
  trainer(context: OneShotContext, options?: Settings): Promise<SupernetTrainer>
  /** Weights of a path in the trained supernet; default: those of its names, cut to its sizes. */
  inherit?(path: Path, shared: SharedWeights, trained: Trained): Weights
  /** Proposes paths: as any strategy, told what they were judged with. @param learned of the trained supernet's state */
  proposer(context: StrategyContext, learned: unknown, options?: Settings): Strategy
}
