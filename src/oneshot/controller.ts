import { entropyOf, LstmController, type SavedController } from '../predict/index.ts'
import { type Architecture, type Random, randomFor, type SearchSpace } from '../space/index.ts'
import { drawIndex, picksIn, type Slot, takeDecision } from '../strategy/slots.ts'

export interface PathPolicyOptions {
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
  readonly deviation: number
}

const EMBEDDING = 16
/** Rewards that differ by less than this count as equal. */
const LEAST_DEVIATION = 1e-3

/** A recurrent controller over paths, taught by policy gradient with a moving baseline (Pham et al. 2018, arXiv:1802.03268). */
export class PathPolicy {
  readonly #space: SearchSpace
  readonly #options: PathPolicyOptions
  readonly #controller: LstmController
  /** Mean of the rewards so far, the late ones counting more. */
  #baseline: number | undefined
  /** Mean distance of rewards from the baseline: the scale of an advantage. */
  #deviation = 0

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

  /** Makes paths that did better than the baseline likelier. */
  learn(architecture: Architecture, reward: number): void {
    const { rate, entropy, baseline: decay } = this.#options
    const before = this.#baseline ?? reward
    const advantage = reward - before
    const scale = Math.max(LEAST_DEVIATION, this.#deviation)
    this.#baseline = decay * before + (1 - decay) * reward
    this.#deviation = this.#deviation === 0 ? Math.abs(advantage) : decay * this.#deviation + (1 - decay) * Math.abs(advantage)
    const clipped = Math.max(-2, Math.min(2, advantage / scale))
    this.#controller.accumulate(picksIn(this.#space, architecture), () => clipped, entropy)
    this.#controller.ascend(rate)
  }

  /** Seen only while the shared weights change fast: moves the baseline alone. */
  observe(reward: number): void {
    const { baseline: decay } = this.#options
    this.#baseline = this.#baseline === undefined ? reward : decay * this.#baseline + (1 - decay) * reward
  }

  save(): SavedPolicy {
    return { controller: this.#controller.save(), baseline: this.#baseline, deviation: this.#deviation }
  }

  restore({ controller, baseline, deviation }: SavedPolicy): void {
    this.#controller.restore(controller)
    this.#baseline = baseline
    this.#deviation = deviation
  }
}
