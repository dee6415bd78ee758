import type { BatchSource } from '../data/dataset.ts'
import { type Architecture, randomFor } from '../space/index.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { pathSchedule } from './path-schedule.ts'
import { pathBytes, pathsInMemory, PathTrainer } from './path-trainer.ts'
import { pathPlan } from './plan.ts'

/** Paths that are timed for a plan, and steps of each. */
const timed = { paths: 4, steps: 4 } as const

/** Trains a supernet path by path, on a fixed schedule of paths. */
export class ScheduledPaths implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #paths: PathTrainer
  readonly #source: BatchSource
  #path: (step: number) => Architecture
  #steps = 1
  #step = 0

  constructor(context: OneShotContext, settings: TrainSettings) {
    const { batchSize, seed, augmentation } = settings
    this.#context = context
    this.#settings = settings
    this.#source = context.openBatches(context.dataset, { batchSize, seed, augmentation, share: context.share })
    this.#paths = new PathTrainer(context, { ...settings, batchSize: this.#source.batchSize })
    this.#path = pathSchedule(context.space, context.seed, { epochs: 1 })
  }

  get batches(): number {
    return this.#source.batches
  }

  get step(): number {
    return this.#step
  }

  async plan(seconds: number | undefined): Promise<SupernetPlan> {
    const { space, seed, dataset } = this.#context
    const steps = seconds === undefined ? 0 : timed.steps
    const began = performance.now()
    const times: number[] = []
    let bytes = 0
    for (let path = 0; path < timed.paths; path++) {
      const architecture = space.sample(randomFor(seed, 'path', path))
      bytes = Math.max(bytes, pathBytes(this.#paths.network(architecture), this.#source.batchSize))
      for (let i = 0; i < steps; i++) {
        const from = performance.now()
        await this.#paths.step(architecture, await this.#source.batch(0, i % this.batches), 0, i)
        // The first step compiles.
        if (i > 0) times.push(performance.now() - from)
      }
    }
    const stepMs = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length)
    const compileMs = this.#paths.compileMs / timed.paths
    const left = seconds === undefined ? undefined : Math.max(0.1, seconds - (performance.now() - began) / 1000)
    return pathPlan({ stepMs, compileMs, batches: this.batches, inMemory: pathsInMemory(bytes), examples: dataset.train.count }, left)
  }

  begin(plan: SupernetPlan): void {
    this.#path = pathSchedule(this.#context.space, this.#context.seed, plan)
    this.#steps = totalSteps(plan, this.batches)
    this.#step = 0
    this.#paths.restore(new Map())
  }

  async advance(): Promise<number> {
    const step = this.#step
    const batch = await this.#source.batch(Math.floor(step / this.batches), step % this.batches)
    const loss = await this.#paths.step(this.#path(step), batch, learningRateAt(this.#settings, step, this.#steps), step)
    this.#step++
    return loss
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics'>> {
    return Promise.resolve({ metrics: {} })
  }

  state(): SupernetState {
    return { step: this.#step, tensors: this.#paths.tensors(), learned: {} }
  }

  restore({ step, tensors }: SupernetState): void {
    this.#paths.restore(tensors)
    this.#step = step
  }

  async release(): Promise<void> {
    await this.#paths.release()
    await this.#source.close()
  }
}
