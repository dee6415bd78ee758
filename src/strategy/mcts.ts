import { type Architecture, pick, type Random, randomFor } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { Ranks } from './ranks.ts'
import { type Features, FeatureTable, growRegions, pathOf, promisingPath, type Region, type Sample } from './regions.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  starts: { summary: 'random architectures tried first', default: 20, from: 2, to: 100_000, whole: true },
  depth: { summary: 'cuts from the whole space to its smallest parts', default: 5, from: 1, to: 30, whole: true },
  least: { summary: 'least trials on each side of a cut', default: 5, from: 1, to: 100_000, whole: true },
  exploration: { summary: 'weight of parts that were tried little against parts that are good', default: 0.1, from: 0, to: 100 },
  refit: {
    summary: 'trials before the space is parted anew; later a twentieth of all trials',
    default: 10,
    from: 1,
    to: 100_000,
    whole: true,
  },
  walk: {
    summary: 'mutations of a trial of the chosen part, within the part, to the next one at least',
    default: 5,
    from: 1,
    to: 1000,
    whole: true,
  },
} satisfies OptionSpecs

/** Steps of a walk before a random architecture is taken instead of one that came before. */
const LONGEST = 60

interface Trial {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly trials: readonly Trial[]
  /** How many of the trials the parts of now were made from. */
  readonly grownFrom: number
  readonly told: number
  readonly seen: readonly number[]
}

/**
 * Monte Carlo tree search over parts of the space (LaNAS: Wang et al. 2019, arXiv:1906.06832): linear models of what was measured part the space into better and worse
 * halves, and those again; upper confidence bounds choose a way down to a small part, and the next architecture is drawn from it. A draw is a walk of mutations that
 * never leaves the part. The value of a trial is its rank among all, so that broken networks do not rule the means.
 */
class Mcts implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  #table = new FeatureTable()
  #ranks = new Ranks()
  #trials: Trial[] = []
  #root: Region | undefined
  #grownFrom = 0
  #told = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('mcts', specs, options)
    this.#unseen = new Unseen(context.space, context.seed)
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    const root = this.#root
    if (root === undefined || this.#told < this.#options.starts) return this.#unseen.proposal(n)
    const random = randomFor(this.#context.seed, 'mcts', n)
    const path = promisingPath(root, this.#options.exploration)
    return this.#walk(root, path[path.length - 1], random) ?? this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    const value = fitness(this.#context.objectives, outcome)
    if (value !== undefined) this.#take({ number: outcome.number, architecture: outcome.architecture, fitness: value })
    const { starts, refit } = this.#options
    const due = this.#grownFrom + Math.max(refit, Math.floor(this.#grownFrom / 20))
    if (this.#told >= starts && this.#trials.length > 1 && (this.#root === undefined || this.#trials.length >= due)) this.#grow()
  }

  save(): State {
    return { trials: this.#trials, grownFrom: this.#grownFrom, told: this.#told, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { trials, grownFrom, told, seen } = state as State
    this.#table = new FeatureTable()
    this.#ranks = new Ranks()
    this.#trials = []
    this.#root = undefined
    this.#grownFrom = 0
    for (const trial of trials) {
      this.#take(trial)
      if (this.#trials.length === grownFrom) this.#grow()
    }
    this.#told = told
    this.#unseen.restore(seen)
  }

  /** Puts a trial into the parts that it lies in. */
  #take(trial: Trial): void {
    this.#trials.push(trial)
    this.#ranks.add(trial.fitness)
    const sample = this.#sample(trial)
    if (this.#root === undefined) return
    for (const region of pathOf(this.#root, sample.features)) {
      region.samples.push(sample)
      region.total += sample.value
    }
  }

  #grow(): void {
    const samples = this.#trials.map((trial) => this.#sample(trial))
    this.#root = growRegions(samples, this.#table.count, this.#options)
    this.#grownFrom = samples.length
  }

  #sample({ number, architecture, fitness: value }: Trial): Sample {
    return { number, architecture, features: this.#table.of(this.#context.space, architecture, true), value: this.#ranks.of(value) }
  }

  /** A walk from a trial of a part that never leaves the part, to an architecture that is new. */
  #walk(root: Region, leaf: Region, random: Random): Proposal | undefined {
    const { space } = this.#context
    const start = pick(random, leaf.samples)
    let architecture = start.architecture
    for (let step = 1; step <= LONGEST + this.#options.walk; step++) {
      const next = space.mutate(architecture, random)
      if (leafOf(root, this.#table.of(space, next, false)) === leaf) architecture = next
      if (step >= this.#options.walk && !this.#unseen.has(architecture)) return { architecture, origin: 'walk', parents: [start.number] }
    }
    return undefined
  }
}

const leafOf = (root: Region, features: Features): Region => {
  const path = pathOf(root, features)
  return path[path.length - 1]
}

export const mcts: StrategyEntry = {
  name: 'mcts',
  summary: 'tree search: learns to part the space into better and worse, and draws from the most promising part',
  paper: 'Wang, Xie, Li, Fonseca, Tian 2019, arXiv:1906.06832',
  options: listed(specs),
  descends: true,
  make: (context, options) => new Mcts(context, options),
}
