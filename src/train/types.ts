import type { Augmentation } from '../data/dataset.ts'
import type { Weights } from '../network/network.ts'
import type { Stretch } from './pace.ts'

export interface TrainSettings {
  readonly epochs: number
  /** Optional: ends inside an epoch; schedules then span this many steps. */
  readonly steps?: number
  /** Examples a step; the batch source gives them, and clamps it to the data. */
  readonly batchSize: number
  readonly optimizer: 'sgd' | 'adam' | 'adamw'
  readonly learningRate: number
  readonly momentum: number
  readonly nesterov: boolean
  readonly weightDecay: number
  readonly schedule: 'constant' | 'step' | 'cosine'
  /** Share of the steps spent warming up linearly. */
  readonly warmup: number
  readonly labelSmoothing: number
  readonly clipNorm?: number
  /** Decay of the exponential moving average of weights; evaluated and kept instead of the raw weights when given. */
  readonly ema?: number
  readonly augmentation: Augmentation
  /** Networks of cells: probability, in [0, 1), that an edge is dropped for an example at the end of the training; it grows linearly from 0. */
  readonly dropPath?: number
  /** Networks of cells: weight of the loss of an auxiliary head, which only the training has. */
  readonly auxiliary?: number
  /** Stops after this many epochs without a better validation value. */
  readonly patience?: number
  readonly seed: number
}

/** One point of the learning curve. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number
  /** Steps done since the beginning of training. */
  readonly step: number
  /** Share of the training that is done, where it is validated at points of its own. */
  readonly share?: number
  /** Mean over the epoch's steps of the loss that is minimised (label smoothing and augmentation included). */
  readonly trainLoss: number
  /** Loss on the validation part without label smoothing; NaN when that part is empty. */
  readonly validLoss: number
  /** Metrics on the validation part by name (accuracy, balanced-accuracy, rmse, …). */
  readonly metrics: Readonly<Record<string, number>>
  /** Seconds that this epoch took, its validation included. */
  readonly seconds: number
}

/** What a check after each epoch may decide. */
export type Verdict = 'continue' | { readonly stop: string }

export interface TrainHooks {
  onEpoch?(record: EpochRecord): Verdict | Promise<Verdict>
  /** Called after every step, for progress and to end when time is up. */
  onStep?(step: number, steps: number, loss: number): Verdict
  /** State to save so that training can go on exactly: all that resume needs. After every epoch, and within long ones now and then. */
  onCheckpoint?(state: TrainState): Promise<void>
}

/** Everything that training needs to go on bit-equal; state.ts turns it into bytes and back. */
export interface TrainState {
  readonly step: number
  /** `state/…`: vectors of the training program; `best/…`: weights of the best checkpoint. */
  readonly tensors: Weights
  readonly curve: readonly EpochRecord[]
  /** Within an epoch: sum and count of its losses so far. */
  readonly partial?: { readonly loss: number; readonly steps: number }
  /** Given when the plan was changed on the way: the stretch of steps that it is in. */
  readonly stretch?: Stretch
}

export interface TrainResult {
  readonly status: 'finished' | 'stopped' | 'failed'
  /** Why it stopped or failed, in a sentence. */
  readonly reason?: string
  readonly curve: readonly EpochRecord[]
  /** Metrics of the best checkpoint on the validation part, with `loss`; empty when nothing was validated or training failed. */
  readonly metrics: Readonly<Record<string, number>>
  /** Weights and batch-norm statistics of the best checkpoint; the current ones when nothing was validated. */
  readonly weights: Weights
  readonly steps: number
  /** Median milliseconds a step, for planning. */
  readonly stepMs: number
  /** Milliseconds spent making sessions. */
  readonly compileMs: number
}
