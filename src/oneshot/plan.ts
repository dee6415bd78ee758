import { randomFor } from '../space/index.ts'
import { defaultSettings, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, SupernetPlan } from './one-shot.ts'
import { pathBytes, pathsInMemory, PathTrainer } from './path-trainer.ts'

/** Measured times scatter: plans fill this share of the time. */
const filled = 0.85
/** Share of the time that may go into compiling paths. */
const compiling = 0.3
/** Paths that are timed, and steps of each. */
const timed = { paths: 4, steps: 4 } as const
/** With more batches in a row than this on one path the weights forget the others. */
const mostHold = 32

/** Passes over the training part when no time is set: by the data's size alone. */
export const epochsBySize = (examples: number): number => Math.min(60, Math.max(4, Math.round(240_000 / examples)))

/** Settings of a supernet's weights: what suits the data, with a gentler learning rate, for each step trains another network. */
export function supernetSettings(
  { dataset, seed }: Pick<OneShotContext, 'dataset' | 'seed'>,
  epochs: number,
  learningRate?: number,
): TrainSettings {
  const settings = defaultSettings(dataset, { epochs, seed, weightDecay: 1e-4 })
  return { ...settings, learningRate: learningRate ?? settings.learningRate / 2 }
}

/** Whole epochs where there are many, steps where there are few. */
export function planOfSteps(steps: number, batches: number): Pick<SupernetPlan, 'epochs' | 'steps'> {
  const wanted = Math.max(1, Math.floor(steps))
  const epochs = Math.floor(wanted / batches)
  return epochs >= 8 ? { epochs } : { epochs: Math.ceil(wanted / batches), steps: wanted }
}

/** How long to train single paths, of which each has to be compiled, in so many seconds; by the data's size where time does not count. */
export async function planPaths(context: OneShotContext, seconds: number | undefined): Promise<SupernetPlan> {
  const settings = supernetSettings(context, 1)
  const { dataset, space, seed } = context
  const { batchSize, augmentation } = settings
  const source = context.openBatches(dataset, { batchSize, seed, augmentation })
  const trainer = new PathTrainer(context, settings)
  try {
    const times: number[] = []
    let bytes = 0
    for (let path = 0; path < timed.paths; path++) {
      const architecture = space.sample(randomFor(seed, 'path', path))
      bytes = Math.max(bytes, pathBytes(trainer.network(architecture), settings.batchSize))
      for (let i = 0; i < timed.steps; i++) {
        const batch = await source.batch(0, i % source.batches)
        const began = performance.now()
        await trainer.step(architecture, batch, 0, i)
        // The first step compiles.
        if (i > 0) times.push(performance.now() - began)
      }
    }
    const stepMs = times.reduce((sum, time) => sum + time, 0) / times.length
    const compileMs = trainer.compileMs / timed.paths
    return pathPlan({ stepMs, compileMs, batches: source.batches, inMemory: pathsInMemory(bytes), examples: dataset.train.count }, seconds)
  } finally {
    await trainer.release()
    await source.close()
  }
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
