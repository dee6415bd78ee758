import type { TrainSettings } from './types.ts'

type ScheduleSettings = Pick<TrainSettings, 'schedule' | 'warmup' | 'learningRate'>

/** Shares of the steps after which the `step` schedule divides the learning rate by ten, as in He et al., 2015, arXiv:1512.03385. */
const milestones = [0.5, 0.75]

/** 0 to 1 before the last warm-up step is done, then 1. Goyal et al., 2017, arXiv:1706.02677. */
const warmedUp = (step: number, warmupSteps: number): number => (step < warmupSteps ? (step + 1) / warmupSteps : 1)

/** Half a cosine from 1 to 0. Loshchilov and Hutter, 2016, arXiv:1608.03983. */
const cosine = (progress: number): number => 0.5 * (1 + Math.cos(Math.PI * progress))

const staircase = (progress: number): number => 0.1 ** milestones.filter((milestone) => progress >= milestone).length

/**
 * Learning rate of a step.
 * @param step from 0 to `steps` − 1
 * @param steps of the whole training: the schedule is complete in them
 */
export function learningRateAt({ schedule, warmup, learningRate }: ScheduleSettings, step: number, steps: number): number {
  const warmupSteps = Math.round(Math.min(Math.max(warmup, 0), 1) * steps)
  if (step < warmupSteps) return learningRate * warmedUp(step, warmupSteps)
  const progress = steps > warmupSteps ? Math.min((step - warmupSteps) / (steps - warmupSteps), 1) : 1
  if (schedule === 'cosine') return learningRate * cosine(progress)
  return schedule === 'step' ? learningRate * staircase(progress) : learningRate
}

/** Steps of a whole training. */
export const totalSteps = ({ epochs, steps }: Pick<TrainSettings, 'epochs' | 'steps'>, batches: number): number => steps ?? epochs * batches
