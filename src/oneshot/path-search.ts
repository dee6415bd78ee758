import type { BatchSource } from '../data/dataset.ts'
import type { Architecture } from '../space/index.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { pathSchedule } from './path-schedule.ts'
import { PathTrainer } from './path-trainer.ts'

/** Trains a supernet path by path, on a fixed schedule of paths. */
export class ScheduledPaths implements SupernetTrainer {
  readonly paths: PathTrainer
  readonly source: BatchSource
  readonly #settings: TrainSettings
  readonly #path: (step: number) => Architecture
  readonly #steps: number
  #step = 0

  constructor(context: OneShotContext, settings: TrainSettings, plan: SupernetPlan) {
    const { batchSize, seed, augmentation } = settings
    this.#settings = settings
    this.source = context.openBatches(context.dataset, { batchSize, seed, augmentation, share: plan.share })
    this.paths = new PathTrainer(context, { ...settings, batchSize: this.source.batchSize })
    this.#path = pathSchedule(context.space, context.seed, plan)
    this.#steps = totalSteps(plan, this.source.batches)
  }

  get batches(): number {
    return this.source.batches
  }

  get step(): number {
    return this.#step
  }

  async advance(): Promise<number> {
    const step = this.#step
    const batch = await this.source.batch(Math.floor(step / this.batches), step % this.batches)
    const loss = await this.paths.step(this.#path(step), batch, learningRateAt(this.#settings, step, this.#steps), step)
    this.#step++
    return loss
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics'>> {
    return Promise.resolve({ metrics: {} })
  }

  state(): SupernetState {
    return { step: this.#step, tensors: this.paths.tensors(), learned: {} }
  }

  restore({ step, tensors }: SupernetState): void {
    this.paths.restore(tensors)
    this.#step = step
  }

  async release(): Promise<void> {
    await this.paths.release()
    await this.source.close()
  }
}
