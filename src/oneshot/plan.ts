import { defaultSettings, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, SupernetPlan } from './one-shot.ts'

/** Measured times scatter: plans fill this share of the time. */
const filled = 0.9
/** Share of the time that may go into compiling paths. */
const compiling = 0.3
/** With more batches in a row than this on one path the weights forget the others. */
const mostHold = 32

/** Passes over the training part when no time is set: by the data's size alone. */
export const epochsBySize = (examples: number): number => Math.min(60, Math.max(4, Math.round(240_000 / examples)))

/** Settings of a supernet's weights: what suits the data, with a gentler learning rate, for each step trains another network. */
export function supernetSettings({ dataset, seed }: Pick<OneShotContext, 'dataset' | 'seed'>, learningRate?: number): TrainSettings {
  // Of few epochs: how pictures are varied must not depend on a plan that is not made yet.
  const settings = defaultSettings(dataset, { epochs: 1, seed, weightDecay: 1e-4 })
  return { ...settings, learningRate: learningRate ?? settings.learningRate / 2 }
}

/** Whole epochs where there are many, steps where there are few. */
export function planOfSteps(steps: number, batches: number): Pick<SupernetPlan, 'epochs' | 'steps'> {
  const wanted = Math.max(1, Math.floor(steps))
  const epochs = Math.floor(wanted / batches)
  return epochs >= 8 ? { epochs } : { epochs: Math.ceil(wanted / batches), steps: wanted }
}

/** How long to train where each step costs the same. @param seconds that are left */
export function stepPlan(stepMs: number, batches: number, examples: number, seconds: number | undefined): SupernetPlan {
  if (seconds === undefined) return { epochs: epochsBySize(examples) }
  return planOfSteps((filled * 1000 * seconds) / stepMs, batches)
}

interface PathCost {
  /** Milliseconds of a step, its batch included. */
  readonly stepMs: number
  /** Milliseconds to make a path ready. */
  readonly compileMs: number
  /** Batches in an epoch. */
  readonly batches: number
  /** Compiled paths that fit into memory. */
  readonly inMemory: number
  readonly examples: number
}

/** Divides the time between paths and steps: as many different paths as their share of the time affords. */
export function pathPlan({ stepMs, compileMs, batches, inMemory, examples }: PathCost, seconds: number | undefined): SupernetPlan {
  if (seconds === undefined) {
    const epochs = epochsBySize(examples)
    const visits = Math.max(1, Math.min(epochs * batches, 64))
    return {
      epochs,
      ...(visits <= inMemory ? { paths: visits, hold: 1 } : { hold: Math.min(mostHold, Math.ceil((epochs * batches) / visits)) }),
    }
  }
  const available = 1000 * seconds * filled
  const affordable = Math.max(1, Math.floor((compiling * available) / compileMs))
  const kept = affordable <= inMemory
  const spent = kept ? affordable * compileMs : compiling * available
  const steps = Math.max(1, (available - spent) / stepMs)
  if (kept) return { ...planOfSteps(steps, batches), paths: affordable, hold: 1 }
  const hold = Math.min(mostHold, Math.max(1, Math.ceil(steps / affordable)))
  // Held no longer than that, fewer steps are left.
  return { ...planOfSteps(available / (stepMs + compileMs / hold), batches), hold }
}
