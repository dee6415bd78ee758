import type { BatchSource } from '../data/dataset.ts'
import { randomFor } from '../space/index.ts'
import type { OneShotContext, SupernetPlan } from './one-shot.ts'
import { pathBytes, pathsInMemory, type PathTrainer } from './path-trainer.ts'
import { pathPlan, stepPlan } from './plan.ts'

/** Paths that are timed for a plan, and steps of each. */
const timed = { paths: 4, steps: 4 } as const

/** Plans the training of single paths by timing a few; what was trained on the way is to be thrown away. @param valid for trainers that judge */
export async function measurePaths(
  { space, seed, dataset }: OneShotContext,
  paths: PathTrainer,
  source: BatchSource,
  seconds: number | undefined,
  valid?: BatchSource,
): Promise<SupernetPlan> {
  // No path costs more than its steps.
  if (paths.compiledOnce && seconds === undefined) return stepPlan(0, source.batches, dataset.train.count, undefined)
  const steps = seconds === undefined ? 0 : timed.steps
  const began = performance.now()
  const times: number[] = []
  let bytes = 0
  for (let path = 0; path < timed.paths; path++) {
    const architecture = space.sample(randomFor(seed, 'path', path))
    bytes = Math.max(bytes, pathBytes(paths.network(architecture), source.batchSize))
    for (let i = 0; i < steps; i++) {
      const from = performance.now()
      await paths.step(architecture, await source.batch(0, i % source.batches), 0, i, await valid?.batch(0, i % valid.batches))
      // The first step of a path compiles it, or else the first of all does.
      if (i > 0) times.push(performance.now() - from)
    }
  }
  const stepMs = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length)
  const left = seconds === undefined ? undefined : Math.max(0.1, seconds - (performance.now() - began) / 1000)
  if (paths.compiledOnce) return stepPlan(stepMs, source.batches, dataset.train.count, left)
  const compileMs = paths.compileMs / timed.paths
  return pathPlan({ stepMs, compileMs, batches: source.batches, inMemory: pathsInMemory(bytes), examples: dataset.train.count }, left)
}
