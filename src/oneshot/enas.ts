import type { BatchSource } from '../data/dataset.ts'
import { randomFor } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from '../strategy/options.ts'
import type { Strategy, StrategyContext } from '../strategy/index.ts'
import { learningRateAt, totalSteps, type TrainSettings } from '../train/index.ts'
import { targetWidth } from '../train/objective.ts'
import { PathPolicy, type PathPolicyOptions, type SavedPolicy } from './controller.ts'
import type { OneShotContext, OneShotEntry, SupernetEpoch, SupernetPlan, SupernetState, SupernetTrainer } from './one-shot.ts'
import { measurePaths } from './path-plan.ts'
import { pathOptions } from './path-search.ts'
import { judgedPaths } from './path-program.ts'
import { PathTrainer } from './path-trainer.ts'
import { batchMetric } from './reward.ts'
import { supernetSettings } from './plan.ts'
import { validBatches } from './relaxed.ts'
import { batchReward } from './reward.ts'

const specs = {
  ...pathOptions,
  rate: { summary: 'learning rate of the controller (Adam)', default: 0.02, from: 0, to: 10 },
  entropy: { summary: 'weight of the bonus on the entropy of each decision', default: 0.05, from: 0, to: 100 },
  batch: { summary: 'paths between two updates of the controller', default: 8, from: 2, to: 10_000, whole: true },
  baseline: { summary: 'decay of the moving mean of rewards that is shown', default: 0.9, from: 0, to: 1 },
  warmup: { summary: 'share of the training before the controller learns', default: 0.25, from: 0, to: 0.95 },
  hidden: { summary: "width of the controller's recurrent state", default: 32, from: 1, to: 1024, whole: true },
} satisfies OptionSpecs

interface Options extends PathPolicyOptions {
  readonly warmup: number
}

/** The visit under way: a path, and what it was rewarded with so far. */
interface Visit {
  readonly text: string
  readonly rewards: number
  readonly steps: number
}

interface Learned {
  readonly policy: SavedPolicy
  /** Paths that came so far: all that may come again, when the plan limits them. */
  readonly met: readonly string[]
  readonly visit?: Visit
  /** Of the paths since the last record. */
  readonly watched: { readonly entropy: number; readonly reward: number; readonly visits: number }
}

const NOTHING = { entropy: 0, reward: 0, visits: 0 }

/**
 * Efficient neural architecture search: a recurrent controller draws paths; each is trained on a few batches with the shared weights and rewarded with its
 * accuracy on batches of the validation part, from which the controller learns.
 */
class EnasTrainer implements SupernetTrainer {
  readonly #context: OneShotContext
  readonly #settings: TrainSettings
  readonly #options: Options
  readonly #paths: PathTrainer
  readonly #source: BatchSource
  readonly #valid: BatchSource
  #policy: PathPolicy
  #plan: SupernetPlan = { epochs: 1 }
  #step = 0
  #met: string[] = []
  #visit: Visit | undefined
  #watched: Learned['watched'] = NOTHING

  constructor(context: OneShotContext, settings: TrainSettings, options: Options) {
    const { batchSize, seed, augmentation } = settings
    this.#context = context
    this.#settings = settings
    this.#options = options
    this.#source = context.openBatches(context.dataset, { batchSize, seed, augmentation, share: context.share })
    // Both parts have batches of one size in one graph.
    const size = Math.min(this.#source.batchSize, context.dataset.valid.count)
    if (size < this.#source.batchSize)
      this.#source = context.openBatches(context.dataset, { batchSize: size, seed, augmentation, share: context.share })
    this.#valid = validBatches(context, size)
    this.#paths = new PathTrainer(context, { ...settings, batchSize: size }, judgedPaths)
    this.#policy = new PathPolicy(context.space, context.seed, options)
  }

  get batches(): number {
    return this.#source.batches
  }

  get step(): number {
    return this.#step
  }

  plan(seconds: number | undefined): Promise<SupernetPlan> {
    return measurePaths(this.#context, this.#paths, this.#source, seconds, this.#valid)
  }

  begin(plan: SupernetPlan): void {
    this.#plan = plan
    this.#step = 0
    this.#met = []
    this.#visit = undefined
    this.#watched = NOTHING
    this.#policy = new PathPolicy(this.#context.space, this.#context.seed, this.#options)
    this.#paths.restore(new Map())
  }

  async advance(): Promise<number> {
    const step = this.#step
    const steps = totalSteps(this.#plan, this.batches)
    const visit = this.#visit ?? this.#next()
    const batch = await this.#source.batch(Math.floor(step / this.batches), step % this.batches)
    const valid = await this.#valid.batch(Math.floor(step / this.#valid.batches), step % this.#valid.batches)
    const architecture = this.#context.space.parse(visit.text)
    const { loss, outputs } = await this.#paths.step(architecture, batch, learningRateAt(this.#settings, step, steps), step, valid)
    const reward = batchReward(this.#context.dataset, outputs.valid.data as Float32Array, valid.targets)
    this.#step++
    this.#visit = { text: visit.text, rewards: visit.rewards + reward, steps: visit.steps + 1 }
    if (this.#visit.steps >= (this.#plan.hold ?? 1)) this.#endVisit(this.#visit)
    return loss
  }

  inspect(): Promise<Pick<SupernetEpoch, 'metrics'>> {
    const { entropy, reward, visits } = this.#watched
    const count = Math.max(1, visits)
    this.#watched = NOTHING
    return Promise.resolve({ metrics: { reward: reward / count, baseline: this.#policy.baseline, entropy: entropy / count } })
  }

  state(): SupernetState {
    const learned: Learned = { policy: this.#policy.save(), met: this.#met, visit: this.#visit, watched: this.#watched }
    return { step: this.#step, tensors: this.#paths.tensors(), learned }
  }

  restore({ step, tensors, learned }: SupernetState): void {
    const { policy, met, visit, watched } = learned as Learned
    this.#paths.restore(tensors)
    this.#policy.restore(policy)
    this.#met = [...met]
    this.#visit = visit
    this.#watched = watched
    this.#step = step
  }

  async release(): Promise<void> {
    await this.#paths.release()
    await this.#source.close()
    await this.#valid.close()
  }

  get #warm(): boolean {
    return this.#step >= this.#options.warmup * totalSteps(this.#plan, this.batches)
  }

  /** Draws the path of the next visit: a new one, or, when no more may be compiled, one of those that came, as the policy likes them. */
  #next(): Visit {
    const { space, seed } = this.#context
    const random = randomFor(seed, 'enas', this.#step)
    const { architecture, entropy } = this.#policy.draw(random)
    this.#watched = { ...this.#watched, entropy: this.#watched.entropy + entropy }
    // A path that is dearer than the run can afford gives way to a random one.
    const drawn = this.#warm && space.check(architecture).length === 0
    let text = space.print(drawn ? architecture : space.sample(random))
    if (!this.#met.includes(text)) {
      if (this.#met.length >= (this.#plan.paths ?? Infinity)) text = this.#again(random.next())
      else this.#met.push(text)
    }
    return { text, rewards: 0, steps: 0 }
  }

  /** One of the paths that came, with the policy's probabilities among them. */
  #again(unit: number): string {
    if (!this.#warm) return this.#met[Math.floor(unit * this.#met.length)]
    const logs = this.#met.map((text) => this.#policy.logProbability(this.#context.space.parse(text)))
    const most = Math.max(...logs)
    const powers = logs.map((log) => Math.exp(log - most))
    let left = unit * powers.reduce((sum, power) => sum + power, 0)
    return this.#met.find((_, i) => (left -= powers[i]) < 0) ?? this.#met[this.#met.length - 1]
  }

  /** The reward of a path that was right so often. */
  #worth(text: string, measured: number): number {
    const { reward, space, dataset } = this.#context
    if (reward === undefined) return measured
    const { parameters, flops } = space.cost(space.parse(text), { input: dataset.input, outputs: targetWidth(dataset) })
    return reward({ [batchMetric(dataset.task)]: measured, parameters, flops })
  }

  #endVisit({ text, rewards, steps }: Visit): void {
    const reward = this.#worth(text, rewards / steps)
    if (this.#warm) this.#policy.learn(this.#context.space.parse(text), reward)
    else this.#policy.observe(reward)
    const { entropy, reward: sum, visits } = this.#watched
    this.#watched = { entropy, reward: sum + reward, visits: visits + 1 }
    this.#visit = undefined
  }
}

/** Draws of one proposal before it may be one that came before. */
const TRIES = 100

/** Proposes paths drawn from the policy, each new one once. */
function policyProposer({ space, seed }: StrategyContext, policy: PathPolicy): Strategy {
  const seen = new Set<string>()
  return {
    ask(n) {
      const random = randomFor(seed, 'policy', n)
      for (let attempt = 0; ; attempt++) {
        const { architecture } = policy.draw(random)
        const fresh = !seen.has(space.print(architecture)) && space.check(architecture).length === 0
        if (fresh || attempt >= TRIES) return { architecture, origin: 'policy' }
      }
    },
    tell: ({ architecture }) => void seen.add(space.print(architecture)),
    save: () => [...seen],
    restore(state) {
      for (const text of state as readonly string[]) seen.add(text)
    },
  }
}

export const enas: OneShotEntry = {
  name: 'enas',
  summary: 'weight sharing: a recurrent controller draws the paths that are trained, and learns from their validation accuracy',
  paper: 'Pham, Guan, Zoph, Le, Dean 2018, arXiv:1802.03268',
  options: listed(specs),
  proposals: 16,
  searchShare: 0.85,
  space: 'units',
  trainer(context, options) {
    const given = readOptions('enas', specs, options)
    return Promise.resolve(new EnasTrainer(context, supernetSettings(context, given.learningRate || undefined), given))
  },
  proposer(context, learned, options) {
    const policy = new PathPolicy(context.space, context.seed, readOptions('enas', specs, options))
    policy.restore((learned as Learned).policy)
    return policyProposer(context, policy)
  },
}
