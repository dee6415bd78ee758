import { entropyOf, LstmController, type SavedController } from '../predict/index.ts'
import { type Architecture, type Random, randomFor, type SearchSpace } from '../space/index.ts'
import { drawIndex, picksIn, type Slot, takeDecision } from '../strategy/slots.ts'

interface Rewarded {
  readonly architecture: Architecture
  readonly reward: number
}

export interface PathPolicyOptions {
  /** Rewards between two updates of the controller. */
  readonly batch: number
  /** Learning rate of the controller (Adam). */
  readonly rate: number
  /** Weight of the bonus on the entropy of each decision. */
  readonly entropy: number
  /** Decay of the moving mean of rewards. */
  readonly baseline: number
  readonly hidden: number
}

/** What a policy has learnt; plain JSON. */
export interface SavedPolicy {
  readonly controller: SavedController
  readonly baseline?: number
  /** Rewards that wait for their batch. */
  readonly batch: readonly Rewarded[]
}

const EMBEDDING = 16
/** Added to the spread of a batch's rewards, so that differences by chance alone are not blown up. */
const LEAST_SPREAD = 0.02

/** A recurrent controller over paths, taught by policy gradient (Pham et al. 2018, arXiv:1802.03268). */
export class PathPolicy {
  readonly #space: SearchSpace
  readonly #options: PathPolicyOptions
  readonly #controller: LstmController
  /** Mean of the rewards so far, the late ones counting more. */
  #baseline: number | undefined
  #batch: Rewarded[] = []

  constructor(space: SearchSpace, seed: number, options: PathPolicyOptions) {
    this.#space = space
    this.#options = options
    const initial = (name: string): Random => randomFor(seed, 'controller', name)
    this.#controller = new LstmController({ hidden: options.hidden, embedding: EMBEDDING, initial })
  }

  get baseline(): number {
    return this.#baseline ?? 0
  }

  /** A path drawn from the policy, with the mean entropy in nats of the decisions on it. */
  draw(random: Random): { readonly architecture: Architecture; readonly entropy: number } {
    const sequence = this.#controller.start()
    let entropy = 0
    let count = 0
    const take = (slot: Slot): number => {
      const probabilities = sequence.probabilities(slot)
      const index = drawIndex(probabilities, random)
      sequence.take(index)
      entropy += entropyOf(probabilities)
      count++
      return index
    }
    const architecture = this.#space.build((decision) => takeDecision(decision, take, random))
    return { architecture, entropy: count === 0 ? 0 : entropy / count }
  }

  /** Logarithm of the probability with which the policy takes a path. */
  logProbability(architecture: Architecture): number {
    return this.#controller.logProbabilities(picksIn(this.#space, architecture)).reduce((sum, value) => sum + value, 0)
  }

  /**
   * Takes a reward; when a batch of them is together, paths that did better than the batch's mean become likelier. Shared weights get better all the time, so
   * paths are compared with those of their time: a mean over longer would praise whatever came last.
   */
  learn(architecture: Architecture, reward: number): void {
    this.observe(reward)
    this.#batch.push({ architecture, reward })
    if (this.#batch.length >= this.#options.batch) this.#update()
  }

  /** Moves the mean of rewards, which is only shown. */
  observe(reward: number): void {
    const { baseline: decay } = this.#options
    this.#baseline = this.#baseline === undefined ? reward : decay * this.#baseline + (1 - decay) * reward
  }

  save(): SavedPolicy {
    return { controller: this.#controller.save(), baseline: this.#baseline, batch: [...this.#batch] }
  }

  restore({ controller, baseline, batch }: SavedPolicy): void {
    this.#controller.restore(controller)
    this.#baseline = baseline
    this.#batch = [...batch]
  }

  #update(): void {
    const { rate, entropy } = this.#options
    const size = this.#batch.length
    const mean = this.#batch.reduce((sum, { reward }) => sum + reward, 0) / size
    const spread = Math.sqrt(this.#batch.reduce((sum, { reward }) => sum + (reward - mean) ** 2, 0) / size)
    for (const { architecture, reward } of this.#batch) {
      const advantage = (reward - mean) / (spread + LEAST_SPREAD) / size
      this.#controller.accumulate(picksIn(this.#space, architecture), () => advantage, entropy / size)
    }
    this.#controller.ascend(rate)
    this.#batch = []
  }
}
