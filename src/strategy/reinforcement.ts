import { UserError } from '../errors.ts'
import { entropyOf, KnownSteps, LstmController, type SavedController } from '../predict/index.ts'
import { type Architecture, type Random, randomFor } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { Ranks } from './ranks.ts'
import { drawIndex, type Pick, picksIn, type Slot, takeDecision } from './slots.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  method: { summary: 'policy gradient: reinforce or ppo', default: 'reinforce' },
  batch: { summary: 'children trained between two updates of the controller', default: 5, from: 1, to: 10_000, whole: true },
  rate: { summary: 'learning rate (Adam)', default: 0.02, from: 0, to: 10 },
  entropy: { summary: 'weight of the bonus on the entropy of each decision', default: 0.02, from: 0, to: 100 },
  baseline: { summary: 'decay of the moving baseline with each batch; 0: the last batch alone', default: 0.7, from: 0, to: 1 },
  passes: { summary: 'ppo: gradient steps on each batch', default: 4, from: 1, to: 1000, whole: true },
  clip: { summary: 'ppo: how far a probability may move on one batch, as a share of it', default: 0.2, from: 0, to: 10 },
  queue: {
    summary: 'so many of the best children are imitated beside the policy gradient; 0: none',
    default: 10,
    from: 0,
    to: 10_000,
    whole: true,
  },
  imitation: { summary: 'weight of that imitation', default: 0.3, from: 0, to: 1000 },
  hidden: { summary: "width of the controller's recurrent state", default: 24, from: 1, to: 1024, whole: true },
} satisfies OptionSpecs

/** Width of the controller's embeddings. */
const EMBEDDING = 16
/** Children drawn from the policy before a random architecture is taken instead of one that came before. */
const TRIES = 12
/** With each of them the policy is flattened: its temperature grows by this. */
const WARMING = 0.2

/** Computed steps of the policy are forgotten after so many proposals at the latest. */
const KEPT = 50

interface Child {
  readonly architecture: Architecture
  readonly reward: number
}

interface State {
  readonly controller: SavedController
  readonly batch: readonly Child[]
  readonly queue: readonly Child[]
  readonly rewards: readonly number[]
  readonly baseline: number
  readonly seen: readonly number[]
}

/**
 * Reinforcement learning (Zoph and Le 2017, arXiv:1611.01578): a recurrent controller takes the decisions of a child one after the other; what the child achieved
 * is the reward by which the policy's gradient is followed: REINFORCE (Williams 1992), or proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347,
 * as in Zoph et al. 2018, arXiv:1707.07012). The reward is the rank among all children so far, from -1 to 1, so that neither its scale nor a few broken networks
 * rule the step. Beside it the best children are imitated (Abolafia et al. 2018, arXiv:1801.03526), which small budgets need.
 */
class Reinforcement implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  readonly #controller: LstmController
  /** What the policy of now computed for children drawn before. */
  #known = new KnownSteps()
  #batch: Child[] = []
  #queue: Child[] = []
  #ranks = new Ranks()
  #baseline = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('reinforcement', specs, options)
    const { method, hidden } = this.#options
    if (method !== 'reinforce' && method !== 'ppo')
      throw new UserError(`The option method of the strategy reinforcement wants reinforce or ppo, but got "${method}".`)
    this.#unseen = new Unseen(context.space, context.seed)
    const initial = (name: string): Random => randomFor(context.seed, 'controller', name)
    this.#controller = new LstmController({ hidden, embedding: EMBEDDING, initial })
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    const random = randomFor(this.#context.seed, 'reinforcement', n)
    if (n % KEPT === 0) this.#known = new KnownSteps()
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const child = this.#draw(random, 1 + WARMING * attempt)
      if (!this.#unseen.has(child.architecture) && this.#context.space.check(child.architecture).length === 0) return child
    }
    return this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    const reward = fitness(this.#context.objectives, outcome)
    if (reward === undefined) return
    const child = { architecture: outcome.architecture, reward }
    this.#ranks.add(reward)
    this.#batch.push(child)
    this.#queue = [...this.#queue, child].sort((a, b) => b.reward - a.reward).slice(0, this.#options.queue)
    if (this.#batch.length < this.#options.batch) return
    this.#learn()
    this.#batch = []
  }

  save(): State {
    return {
      controller: this.#controller.save(),
      batch: this.#batch,
      queue: this.#queue,
      rewards: this.#ranks.values(),
      baseline: this.#baseline,
      seen: this.#unseen.save(),
    }
  }

  restore(state: unknown): void {
    const { controller, batch, queue, rewards, baseline, seen } = state as State
    this.#controller.restore(controller)
    this.#known = new KnownSteps()
    this.#batch = [...batch]
    this.#queue = [...queue]
    this.#ranks = new Ranks(rewards)
    this.#baseline = baseline
    this.#unseen.restore(seen)
  }

  #draw(random: Random, temperature: number): Proposal {
    const sequence = this.#controller.start(this.#known)
    const taken: Record<string, number> = {}
    let entropy = 0
    const take = (slot: Slot): number => {
      const probabilities = sequence.probabilities(slot)
      const index = drawIndex(temperature === 1 ? probabilities : probabilities.map((p) => p ** (1 / temperature)), random)
      sequence.take(index)
      taken[slot.key] = probabilities[index]
      entropy += entropyOf(probabilities)
      return index
    }
    const architecture = this.#context.space.build((decision) => takeDecision(decision, take, random))
    return { architecture, origin: 'policy', details: { probabilities: taken, entropy, baseline: this.#baseline } }
  }

  #learn(): void {
    const { method, baseline, passes, rate, entropy, imitation } = this.#options
    const rewards = this.#batch.map(({ reward }) => 2 * this.#ranks.of(reward) - 1)
    const size = rewards.length
    const sequences = this.#batch.map(({ architecture }) => picksIn(this.#context.space, architecture))
    const models = this.#queue.map(({ architecture }) => picksIn(this.#context.space, architecture))
    const weights = sequences.map((picks, i) => this.#weight((rewards[i] - this.#baseline) / size, picks))
    for (let pass = 0; pass < (method === 'ppo' ? passes : 1); pass++) {
      sequences.forEach((picks, i) => this.#controller.accumulate(picks, weights[i], entropy / size))
      for (const picks of models) this.#controller.accumulate(picks, () => imitation / models.length, 0)
      this.#controller.ascend(rate)
    }
    this.#known = new KnownSteps()
    this.#baseline = baseline * this.#baseline + ((1 - baseline) * rewards.reduce((sum, reward) => sum + reward, 0)) / size
  }

  /** Weight of a pick's log-probability in the gradient; with ppo none once the pick became likelier (or less likely) than the clip allows. */
  #weight(advantage: number, picks: readonly Pick[]): (i: number, logProbability: number) => number {
    const { method, clip } = this.#options
    if (method !== 'ppo') return () => advantage
    const before = this.#controller.logProbabilities(picks)
    return (i, logProbability) => {
      const ratio = Math.exp(logProbability - before[i])
      const beyond = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip
      return beyond ? 0 : ratio * advantage
    }
  }
}

export const reinforcement: StrategyEntry = {
  name: 'reinforcement',
  summary: 'a recurrent controller takes the decisions one by one and learns by policy gradient from what its children achieved',
  paper: 'Zoph and Le 2017, arXiv:1611.01578',
  options: listed(specs),
  make: (context, options) => new Reinforcement(context, options),
}
