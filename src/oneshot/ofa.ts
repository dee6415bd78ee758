import type { Batch, BatchSource } from '../data/dataset.ts'
import { UserError } from '../errors.ts'
import { findStrategy, type Strategy } from '../strategy/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import { softmaxRows } from '../train/metrics.ts'
import { targetWidth } from '../train/objective.ts'
import { valueOrder } from './extremes.ts'
import type { OneShotContext, OneShotEntry, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { type PathForm, plainPaths, tellingPaths } from './path-program.ts'
import { pathOptions } from './path-search.ts'
import { pathBytes, pathsInMemory, PathTrainer } from './path-trainer.ts'
import { pathPlan, supernetSettings } from './plan.ts'
import { type SandwichOptions, SandwichSchedule } from './sandwich.ts'

const specs = {
  ...pathOptions,
  random: { summary: 'random sub-networks at each step, beside the largest and the smallest', default: 2, from: 0, to: 64, whole: true },
  shrinking: {
    summary: 'whether kernels, depths and widths open one after the other; false: all at once after the warm-up',
    default: true,
  },
  warmup: { summary: 'share of the training in which the largest network is trained alone', default: 0.2, from: 0, to: 0.9 },
  final: {
    summary:
      'weights of the final model: scratch, shared (as they come out of the supernet), or better (whichever does better in validation)',
    default: 'better',
  },
  distill: { summary: "weight of the largest network's outputs among the targets of the others", default: 0.5, from: 0, to: 1 },
} satisfies OptionSpecs

interface Options extends SandwichOptions {
  readonly distill: number
}

/** What came of the networks since the last record. */
interface Watched {
  readonly largest: number
  readonly smallest: number
  /** Steps that trained more than the largest. */
  readonly steps: number
}

const NOTHING: Watched = { largest: 0, smallest: 0, steps: 0 }

interface Learned {
  /** Strings of both. */
  readonly largest: string
  readonly smallest: string
  readonly watched: Watched
}

/** Steps of each network that are timed for a plan. */
const timedSteps = 4

/**
 * Trains a space so that its networks can be used as they come out of the shared weights: at each step the largest network learns the targets, and random
 * ones and the smallest learn the targets and what the largest says of the same batch, each with an update of its own.
 */
class SandwichTrainer implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #options: Options
  readonly #schedule: SandwichSchedule
  readonly #source: BatchSource
  readonly #paths: PathTrainer
  #plan: SupernetPlan = { epochs: 1 }
  #step = 0
  #watched = NOTHING

  constructor(context: OneShotContext, settings: TrainSettings, options: Options) {
    const { batchSize, seed, augmentation } = settings
    const { space, dataset } = context
    this.#context = context
    this.#settings = settings
    this.#options = options
    this.#source = context.openBatches(dataset, { batchSize, seed, augmentation, share: context.share })
    const order = valueOrder(space, { input: dataset.input, outputs: targetWidth(dataset) })
    this.#schedule = new SandwichSchedule(space, context.seed, order, options)
    const form = teaching(space.print(this.#schedule.largest), options.distill)
    this.#paths = new PathTrainer(context, { ...settings, batchSize: this.#source.batchSize }, form)
  }

  get batches(): number {
    return this.#source.batches
  }

  get step(): number {
    return this.#step
  }

  async plan(seconds: number | undefined): Promise<SupernetPlan> {
    const { random, warmup } = this.#options
    const began = performance.now()
    const last = this.#schedule.stages - 1
    const sampled = [this.#schedule.random(last, 0), this.#schedule.random(last, 1)]
    const networks = [this.#schedule.largest, this.#schedule.smallest(), ...sampled]
    const bytes = Math.max(...sampled.map((path) => pathBytes(this.#paths.network(path), this.#source.batchSize)))
    const times: number[] = []
    for (const network of seconds === undefined ? [] : networks) {
      const from = performance.now()
      const before = this.#paths.compileMs
      for (let i = 0; i < timedSteps; i++) await this.#paths.step(network, await this.#source.batch(0, i % this.batches), 0, i)
      times.push((performance.now() - from - (this.#paths.compileMs - before)) / timedSteps)
    }
    const [largest = 0, smallest = 0, one = 0, other = 0] = times
    const sandwich = largest + smallest + (random * (one + other)) / 2
    return pathPlan(
      {
        stepMs: last === 0 ? largest : warmup * largest + (1 - warmup) * sandwich,
        compileMs: (Math.max(1, random) * this.#paths.compileMs) / networks.length,
        batches: this.batches,
        // The largest and the smallest of each stage are always there.
        inMemory: Math.max(1, Math.floor((pathsInMemory(bytes) - 1 - last) / Math.max(1, random))),
        examples: this.#context.dataset.train.count,
      },
      seconds === undefined ? undefined : Math.max(0.1, seconds - (performance.now() - began) / 1000),
    )
  }

  begin(plan: SupernetPlan): void {
    this.#plan = plan
    this.#step = 0
    this.#watched = NOTHING
    this.#paths.restore(new Map())
  }

  async advance(): Promise<number> {
    const step = this.#step
    const steps = totalSteps(this.#plan, this.batches)
    const rate = learningRateAt(this.#settings, step, steps)
    const batch = await this.#source.batch(Math.floor(step / this.batches), step % this.batches)
    const [largest, ...others] = this.#schedule.at(step, steps, this.#plan).members
    const first = await this.#paths.step(largest, batch, rate, step)
    let last = Number.NaN
    if (others.length > 0) {
      const softened = this.#softened(batch, first.outputs.output.data as Float32Array)
      for (const network of others) last = (await this.#paths.step(network, softened, rate, step)).loss
      const { largest: sum, smallest, steps: count } = this.#watched
      this.#watched = { largest: sum + first.loss, smallest: smallest + last, steps: count + 1 }
    }
    this.#step++
    return first.loss
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics'>> {
    const { largest, smallest, steps } = this.#watched
    const { stage } = this.#schedule.stageAt(Math.max(0, this.#step - 1), totalSteps(this.#plan, this.batches))
    this.#watched = NOTHING
    const losses: Readonly<Record<string, number>> = steps > 0 ? { largest: largest / steps, smallest: smallest / steps } : {}
    return Promise.resolve({ metrics: { stage, ...losses } })
  }

  state(): SupernetState {
    const { space } = this.#context
    const [largest, smallest] = [this.#schedule.largest, this.#schedule.smallest()].map((path) => space.print(path))
    const learned: Learned = { largest, smallest, watched: this.#watched }
    return { step: this.#step, tensors: this.#paths.tensors(), learned }
  }

  restore({ step, tensors, learned }: SupernetState): void {
    this.#paths.restore(tensors)
    this.#watched = (learned as Learned).watched
    this.#step = step
  }

  async release(): Promise<void> {
    await this.#paths.release()
    await this.#source.close()
  }

  /** The batch with what the largest network says of it among its targets. @param outputs [N, outputs] */
  #softened(batch: Batch, outputs: Float32Array): Batch {
    const { distill } = this.#options
    const { dataset } = this.#context
    const soft = dataset.task === 'classification' ? softmaxRows(outputs, dataset.classes.length) : outputs
    return { ...batch, targets: Float32Array.from(batch.targets, (target, i) => (1 - distill) * target + distill * soft[i]) }
  }
}

/** The largest network tells its outputs; the targets of the others are soft already. */
const teaching = (largest: string, distill: number): PathForm => ({
  createStep: (context, path, settings, first) =>
    context.space.print(path.architecture) === largest
      ? tellingPaths.createStep(context, path, settings, first)
      : plainPaths.createStep(context, path, { ...settings, labelSmoothing: (1 - distill) * settings.labelSmoothing }, first),
})

/** The largest network first, then evolution. */
function largestFirst(inner: Strategy, largest: Parameters<Strategy['tell']>[0]['architecture']): Strategy {
  return {
    ask: (n) => (n === 0 ? { architecture: largest, origin: 'largest' } : inner.ask(n)),
    tell: (outcome) => inner.tell(outcome),
    save: () => inner.save(),
    restore: (state) => inner.restore(state),
  }
}

/** Once for all: one training after which every network of the space can be used. */
export const ofa: OneShotEntry = {
  name: 'ofa',
  summary: 'once for all: largest, smallest and random sub-networks learn together, so that they can be used without training',
  paper: 'Cai, Gan, Wang, Zhang, Han 2020, arXiv:1908.09791; Yu et al. 2020, arXiv:2003.11142',
  options: listed(specs),
  proposals: 40,
  searchShare: 0.8,
  space: 'ofa',
  finalWeights(options) {
    const { final } = readOptions('ofa', specs, options)
    if (final === 'scratch' || final === 'shared' || final === 'better') return final
    throw new UserError(`The option final of ofa is "${final}", but must be scratch, shared or better.`)
  },
  trainer(context, options) {
    const given = readOptions('ofa', specs, options)
    return Promise.resolve(new SandwichTrainer(context, supernetSettings(context, given.learningRate || undefined), given))
  },
  proposer(context, learned) {
    const inner = findStrategy('evolution').make(context, { population: 12, sample: 4, mutation: 0.5, crossover: 0.3 })
    return largestFirst(inner, context.space.parse((learned as Learned).largest))
  },
}
