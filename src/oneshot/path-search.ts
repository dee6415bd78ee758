import type { BatchSource } from '../data/dataset.ts'
import type { Architecture } from '../space/index.ts'
import type { OptionSpecs } from '../strategy/options.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import type { OneShotContext, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { type PathSource, pathSchedule } from './path-schedule.ts'
import { measurePaths } from './path-plan.ts'
import { type PathForm, plainPaths } from './path-program.ts'
import { PathTrainer } from './path-trainer.ts'

/** Options of all methods that train single paths. */
export const pathOptions = {
  learningRate: {
    summary: 'first learning rate of the shared weights; 0: half of what suits a single network',
    default: 0,
    from: 0,
    to: 10,
  },
} satisfies OptionSpecs

/** Trains a supernet path by path, on a fixed schedule of paths. */
export class ScheduledPaths implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #paths: PathTrainer
  readonly #source: BatchSource
  readonly #from: PathSource
  #path: (step: number) => Architecture
  #steps = 1
  #step = 0

  /** @param form how the step of a path is computed */
  constructor(context: OneShotContext, settings: TrainSettings, from: PathSource = {}, form: PathForm = plainPaths) {
    this.#from = from
    const { batchSize, seed, augmentation } = settings
    this.#context = context
    this.#settings = settings
    this.#source = context.openBatches(context.dataset, { batchSize, seed, augmentation, share: context.share })
    this.#paths = new PathTrainer(context, { ...settings, batchSize: this.#source.batchSize }, form)
    this.#path = pathSchedule(context.space, context.seed, { epochs: 1 }, from)
  }

  get batches(): number {
    return this.#source.batches
  }

  get step(): number {
    return this.#step
  }

  plan(seconds: number | undefined): Promise<SupernetPlan> {
    return measurePaths(this.#context, this.#paths, this.#source, seconds)
  }

  begin(plan: SupernetPlan): void {
    this.#path = pathSchedule(this.#context.space, this.#context.seed, plan, this.#from)
    this.#steps = totalSteps(plan, this.batches)
    this.#step = 0
    this.#paths.restore(new Map())
  }

  async advance(): Promise<number> {
    const step = this.#step
    const batch = await this.#source.batch(Math.floor(step / this.batches), step % this.batches)
    const { loss } = await this.#paths.step(this.#path(step), batch, learningRateAt(this.#settings, step, this.#steps), step)
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
