import type { EpochRecord } from '../train/types.ts'
import type { Metrics, TrainedModel } from './artifact.ts'

/** What a report needs of a trial; a row of the run's store is one. */
export interface ReportTrial {
  readonly number: number
  readonly architecture: string
  readonly status: 'running' | 'finished' | 'stopped' | 'failed'
  readonly metrics: Metrics
  readonly epochs: number
  readonly curve?: readonly EpochRecord[]
  readonly origin?: string
  readonly reason?: string
  readonly stoppedBy?: string
  /** ISO 8601. */
  readonly startedAt?: string
  readonly finishedAt?: string
}

/** What a report needs of the training of shared weights, at a time. */
export interface SharedWeightsEpoch {
  readonly epoch: number
  readonly step: number
  readonly trainLoss: number
  readonly metrics: Readonly<Record<string, number>>
  /** Probability of each alternative, by decision and alternative. */
  readonly alphas?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly warning?: string
}

/** What a report needs of a run; a run's config with the seconds it took is one. */
export interface ReportRun {
  /** Id. */
  readonly run: string
  readonly version: string
  readonly command: 'search' | 'fit' | 'train'
  readonly data: string
  readonly target?: string
  readonly space: string
  readonly strategy: string
  readonly objectives: readonly { readonly metric: string; readonly direction: 'maximize' | 'minimize' }[]
  readonly budget: { readonly seconds?: number; readonly trials?: number }
  readonly fidelity: { readonly epochs: number; readonly share?: number }
  readonly workers: number
  readonly deterministic: boolean
  readonly seed: number
  readonly device: string
  /** Wall time of the run so far. */
  readonly seconds?: number
  /** In a run with shared weights: whether the model has those, or was trained from scratch. */
  readonly finalWeights?: 'shared' | 'scratch'
  /** Of a run with shared weights. */
  readonly sharedWeights?: readonly SharedWeightsEpoch[]
  /** The command line that reproduces it; made of the fields above when absent. */
  readonly commandLine?: string
}

export interface ReportData {
  readonly model: TrainedModel
  readonly run: ReportRun
  readonly trials: readonly ReportTrial[]
}
