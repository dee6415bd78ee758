import { type Architecture, type DecisionValue, randomFor, sampleValue, type SearchSpace } from '../space/index.ts'
import { largestWithin, openAtStage, type ValueOrder } from './extremes.ts'
import type { SupernetPlan } from './one-shot.ts'

/** Draws of a sub-network before the largest one is taken in its place. */
const TRIES = 50
/** Drawn sub-networks that are remembered. */
const mostKept = 1000

export interface SandwichOptions {
  /** Random sub-networks beside the largest and the smallest. */
  readonly random: number
  /** Whether decisions open one kind after the other. */
  readonly shrinking: boolean
  /** Share of the training in which the largest network is trained alone. */
  readonly warmup: number
}

/** Which networks are trained at a step: the largest first. */
export interface Sandwich {
  readonly stage: number
  readonly members: readonly Architecture[]
}

/**
 * The networks of each step: the largest, the smallest and some random ones (sandwich rule; Yu and Huang 2019, arXiv:1903.05134), drawn from more and more of
 * the space (progressive shrinking; Cai et al. 2020, arXiv:1908.09791): first the largest alone, then kernels and operations, depths, widths.
 *
 * Depends on the seed, the plan and the step alone.
 */
export class SandwichSchedule {
  readonly largest: Architecture
  readonly #space: SearchSpace
  readonly #seed: number
  readonly #order: ValueOrder
  readonly #options: SandwichOptions
  /** Sub-networks by stage and number: drawing one again takes as long as a small step. */
  readonly #drawn = new Map<string, Architecture>()
  readonly #open: readonly ReadonlySet<string>[]

  constructor(space: SearchSpace, seed: number, order: ValueOrder, options: SandwichOptions) {
    this.#space = space
    this.#seed = seed
    this.#order = order
    this.#options = options
    this.largest = largestWithin(space, order) ?? space.sample(randomFor(seed, 'largest'))
    const stages = openAtStage(space)
    this.#open = options.shrinking ? stages : [stages[0], stages[stages.length - 1]]
  }

  /** Number of stages, the first of which has the largest network alone. */
  get stages(): number {
    return this.#open.length
  }

  smallest(stage = this.stages - 1): Architecture {
    return this.#built(stage, (decision) => this.#order.smallest(decision))
  }

  /** Random sub-network `number` of a stage. */
  random(stage: number, number: number): Architecture {
    const key = `${stage} ${number}`
    const known = this.#drawn.get(key)
    if (known) return known
    const drawn = this.#draw(stage, number)
    if (this.#drawn.size >= mostKept) this.#drawn.clear()
    this.#drawn.set(key, drawn)
    return drawn
  }

  #draw(stage: number, number: number): Architecture {
    const random = randomFor(this.#seed, 'subnet', stage, number)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const drawn = this.#built(stage, (decision) => sampleValue(decision, random))
      if (this.#space.check(drawn).length === 0) return drawn
    }
    return this.largest
  }

  /** Stage of a step: the first takes the warm-up, the others equal parts of the rest, the last twice as much. */
  stageAt(step: number, steps: number): { readonly stage: number; readonly from: number } {
    const { warmup } = this.#options
    const others = this.stages - 1
    if (others === 0) return { stage: 0, from: 0 }
    const first = Math.round(warmup * steps)
    if (step < first) return { stage: 0, from: 0 }
    const part = Math.max(1, (steps - first) / (others + 1))
    const stage = Math.min(others, 1 + Math.floor((step - first) / part))
    return { stage, from: first + Math.ceil((stage - 1) * part) }
  }

  /** @param plan its `paths` are groups of random sub-networks, divided among the stages; each is held for `hold` steps */
  at(step: number, steps: number, { paths = Infinity, hold = 1 }: SupernetPlan): Sandwich {
    const { stage, from } = this.stageAt(step, steps)
    if (stage === 0) return { stage, members: [this.largest] }
    const groups = Math.max(1, Math.floor(paths / (this.stages - 1)))
    const visit = Math.floor((step - from) / hold)
    const group = Number.isFinite(groups) ? visit % groups : visit
    const { random } = this.#options
    const drawn = Array.from({ length: random }, (_, i) => this.random(stage, group * random + i))
    return { stage, members: [this.largest, ...drawn, this.smallest(stage)] }
  }

  #built(stage: number, decide: (decision: Parameters<ValueOrder['largest']>[0]) => DecisionValue): Architecture {
    const open = this.#open[stage]
    return this.#space.build((decision) =>
      open.has(decision.path) ? decide(decision) : (this.largest[decision.path] ?? this.#order.largest(decision)),
    )
  }
}
