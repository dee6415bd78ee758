import type { Task } from '../network/network.ts'
import type { EpochRecord } from './types.ts'

/**
 * A training loss this many times that of knowing nothing, as a mean over an epoch, will not come back. The first epoch holds the losses
 * of weights that have learnt nothing, which outliers in the data can make large.
 */
const hopeless = (epoch: number): number => (epoch === 1 ? 100 : 10)

/** Whether `a` is better than `b`: accuracy for classification, equal ones by their loss; the loss for regression. */
export function isBetter(task: Task, a: EpochRecord, b: EpochRecord): boolean {
  if (task === 'classification' && a.metrics.accuracy !== b.metrics.accuracy) return a.metrics.accuracy > b.metrics.accuracy
  return a.validLoss < b.validLoss
}

/** The best validated point of a curve, the first among equals. */
export const bestOf = (task: Task, curve: readonly EpochRecord[]): EpochRecord | undefined =>
  curve
    .filter((record) => Number.isFinite(record.validLoss))
    .reduce<EpochRecord | undefined>((best, record) => (!best || isBetter(task, record, best) ? record : best), undefined)

/** Epochs since the best one. */
export const epochsSinceBest = (task: Task, curve: readonly EpochRecord[]): number =>
  curve.length === 0 ? 0 : curve[curve.length - 1].epoch - (bestOf(task, curve)?.epoch ?? 0)

/** Why a training cannot go on after this step's loss, if so. */
export function lossFault(loss: number, step: number): string | undefined {
  if (Number.isFinite(loss)) return undefined
  return `the loss became ${Number.isNaN(loss) ? 'NaN' : 'infinite'} at step ${step}; a lower learning rate or gradient clipping would help`
}

/** Why a training cannot go on after this epoch, if so. */
export function epochFault(record: EpochRecord, chance: number, validated: boolean): string | undefined {
  if (record.trainLoss > hopeless(record.epoch) * chance) {
    return `training diverged: the loss of epoch ${record.epoch} is ${record.trainLoss.toPrecision(3)}; a lower learning rate would help`
  }
  if (validated && !Number.isFinite(record.validLoss)) return `the validation loss of epoch ${record.epoch} is not finite`
  return undefined
}
