import type { Batch, BatchSource } from '../data/dataset.ts'
import type { Weights } from '../network/index.ts'
import type { TrainingProgram } from '../tensor/index.ts'
import { noiseSeed } from '../tensor/index.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import { SmallAdam } from './adam.ts'
import { entropy, type LearnedAlphas, learnedAlphas, namedProbabilities } from './alphas.ts'
import type { OneShotContext, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { stepPlan } from './plan.ts'
import { feedsOf, type GateFeeds, type Relaxation, RelaxedSupernet, validBatches } from './relaxed.ts'
import type { Hypergradient } from './hypergradient.ts'

export interface DifferentiableOptions {
  readonly relaxation: Relaxation
  /** Learning rate of the alphas, 0 (the default): by the number of steps; Adam with decay rates 0.5 and 0.999, weight decay 1e-3, as in DARTS. */
  readonly alphaRate?: number
  /** Share of the steps before the alphas begin to move; default 0. */
  readonly warmup?: number
  /** Temperature at a share of the training done; default 1. */
  readonly temperature?: (progress: number) => number
  /** How the gradient of the alphas is found; absent: there is nothing to learn but the weights. */
  readonly hypergradient?: (supernet: RelaxedSupernet) => Hypergradient
}

/** What all steps of Adam together may move an alpha by: 50 epochs of 390 steps at 3e-4 in DARTS. */
const reach = 6
/** However few the steps, none moves it further than this. */
const fastest = 0.1

/** Steps that are timed for a plan, after some in which memory finds its place. */
const timed = { before: 4, steps: 10 } as const

export interface LearnedDifferentiable {
  readonly adamStep: number
  readonly alphas: LearnedAlphas
}

/**
 * Alternates between the alphas, on a batch of the validation part, and the weights, on a batch of the training part (Liu et al. 2019,
 * arXiv:1806.09055).
 */
export class DifferentiableTrainer implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #options: DifferentiableOptions
  readonly #relaxed: RelaxedSupernet
  readonly #train: BatchSource
  readonly #valid: BatchSource
  readonly #program: TrainingProgram
  readonly #hypergradient: Hypergradient | undefined
  readonly #adam: SmallAdam
  #steps = 1

  private constructor(parts: {
    readonly context: OneShotContext
    readonly settings: TrainSettings
    readonly options: DifferentiableOptions
    readonly relaxed: RelaxedSupernet
    readonly train: BatchSource
    readonly valid: BatchSource
    readonly program: TrainingProgram
  }) {
    this.#context = parts.context
    this.#settings = parts.settings
    this.#options = parts.options
    this.#relaxed = parts.relaxed
    this.#train = parts.train
    this.#valid = parts.valid
    this.#program = parts.program
    this.#hypergradient = parts.options.hypergradient?.(parts.relaxed)
    this.#adam = new SmallAdam(new Float32Array(this.#relaxed.layout.size))
  }

  static async create(context: OneShotContext, settings: TrainSettings, options: DifferentiableOptions): Promise<DifferentiableTrainer> {
    const { batchSize, seed, augmentation } = settings
    const relaxed = new RelaxedSupernet(context, settings, options.relaxation)
    const train = context.openBatches(context.dataset, { batchSize, seed, augmentation, share: context.share })
    const valid = validBatches(context, train.batchSize)
    const program = await relaxed.weightProgram(await train.batch(0, 0))
    return new DifferentiableTrainer({ context, settings, options, relaxed, train, valid, program })
  }

  async plan(seconds: number | undefined): Promise<SupernetPlan> {
    const { count } = this.#context.dataset.train
    if (seconds === undefined) return stepPlan(1, this.batches, count, undefined)
    const began = performance.now()
    this.begin({ epochs: 1, steps: 1 })
    // The first step compiles.
    for (let i = 0; i < timed.before; i++) await this.advance()
    const from = performance.now()
    for (let i = 0; i < timed.steps; i++) await this.advance()
    const stepMs = (performance.now() - from) / timed.steps
    return stepPlan(stepMs, this.batches, count, Math.max(0.1, seconds - (performance.now() - began) / 1000))
  }

  begin(plan: SupernetPlan): void {
    this.#steps = totalSteps(plan, this.batches)
    this.#program.load(this.#relaxed.initialWeights())
    const none = new Float32Array(this.#relaxed.layout.size)
    this.#adam.restore(0, { values: none, first: none, second: none })
  }

  get batches(): number {
    return this.#train.batches
  }

  get step(): number {
    return this.#program.steps
  }

  get alphas(): Float32Array {
    return this.#adam.values
  }

  async advance(): Promise<number> {
    const step = this.step
    const train = await this.#train.batch(Math.floor(step / this.batches), step % this.batches)
    const rate = learningRateAt(this.#settings, step, this.#steps)
    if (step >= (this.#options.warmup ?? 0) * this.#steps) await this.#moveAlphas(step, train, rate)
    const { loss } = await this.#program.step(feedsOf(train, this.#gates(step, 0)), { learningRate: rate })
    return loss
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics' | 'alphas' | 'warning'>> {
    if (this.#hypergradient === undefined)
      return Promise.resolve({ metrics: { temperature: this.#temperature(Math.max(0, this.step - 1)) } })
    const learned = this.#learned()
    const { probabilities, values } = learned
    const { skips } = this.#relaxed.supernet
    const withSkip = new Set([...skips].map((name) => name.slice(0, name.lastIndexOf('='))))
    const leaning = [...withSkip].filter((path) => {
      const list = probabilities[path] ?? []
      const best = list.indexOf(Math.max(...list))
      return skips.has(`${path}=${String(values[path]?.[best])}`) && Math.max(...list) > 1.2 / list.length
    }).length
    const collapsing = withSkip.size > 1 && leaning > withSkip.size / 2
    const warning = collapsing
      ? `${leaning} of ${withSkip.size} choices lean to the skip connection: differentiable search is known to collapse so; pc-darts or gdas are less prone to it`
      : undefined
    const metrics = { entropy: entropy(probabilities), skips: leaning }
    return Promise.resolve({ metrics, alphas: namedProbabilities(learned), ...(warning === undefined ? {} : { warning }) })
  }

  state(): SupernetState {
    const program = this.#program.state()
    const adam = this.#adam.save()
    const tensors = new Map([...this.#program.weights()].map(([name, value]) => [`weights:${name}`, value]))
    const keep = (name: string, data: Float32Array): void => void tensors.set(name, { shape: [data.length], data })
    for (const [slot, data] of Object.entries(program.tensors)) if (!isWeights(slot)) keep(`program:${slot}`, data)
    for (const [name, data] of Object.entries(adam.vectors)) keep(`alphas:${name}`, data)
    const learned: LearnedDifferentiable = { adamStep: adam.step, alphas: this.#learned() }
    return { step: program.step, tensors, learned }
  }

  restore({ step, tensors, learned }: SupernetState): void {
    this.#program.load(withPrefix(tensors, 'weights:'))
    const slots = Object.fromEntries([...withPrefix(tensors, 'program:')].map(([slot, { data }]) => [slot, data]))
    this.#program.restore({ step, tensors: { ...this.#program.state().tensors, ...slots } })
    const vector = (name: string): Float32Array => tensors.get(`alphas:${name}`)?.data ?? new Float32Array(this.#relaxed.layout.size)
    this.#adam.restore((learned as LearnedDifferentiable).adamStep, {
      values: vector('values'),
      first: vector('first'),
      second: vector('second'),
    })
  }

  async release(): Promise<void> {
    await this.#program.release()
    await this.#hypergradient?.release()
    await this.#train.close()
    await this.#valid.close()
  }

  async #moveAlphas(step: number, train: Batch, rate: number): Promise<void> {
    if (this.#hypergradient === undefined) return
    const valid = await this.#valid.batch(Math.floor(step / this.#valid.batches), step % this.#valid.batches)
    const gradient = await this.#hypergradient.at({
      weights: this.#program.weights(),
      train,
      valid,
      gates: this.#gates(step, 1),
      rate,
    })
    this.#adam.update(gradient, { learningRate: this.#alphaRate, weightDecay: 1e-3 })
  }

  get #alphaRate(): number {
    const { alphaRate = 0, warmup = 0 } = this.#options
    return alphaRate > 0 ? alphaRate : Math.min(fastest, reach / Math.max(1, (1 - warmup) * this.#steps))
  }

  #gates(step: number, use: number): GateFeeds {
    return { alphas: this.#adam.values.slice(), seed: noiseSeed(this.#context.seed, use), step, temperature: this.#temperature(step) }
  }

  #temperature(step: number): number {
    return this.#options.temperature?.(step / this.#steps) ?? 1
  }

  #learned(): LearnedAlphas {
    return learnedAlphas(this.#relaxed.supernet, this.#relaxed.layout, this.#adam.values)
  }
}

const isWeights = (slot: string): boolean => slot === 'parameters' || slot.startsWith('statistics')

const withPrefix = (tensors: Weights, prefix: string): Weights =>
  new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]))
