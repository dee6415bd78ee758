import { type Architecture, pick, pickMany, type Random, randomFor, type SearchSpace } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { breedingOptions, offspring } from './offspring.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  population: { summary: 'how many trials live at a time; so many random ones come first', default: 15, from: 2, to: 100_000, whole: true },
  sample: { summary: 'tournament size: the best of so many becomes a parent', default: 5, from: 1, to: 100_000, whole: true },
  ...breedingOptions,
  ageing: { summary: 'the oldest dies (true) or the worst dies (false)', default: true },
  elite: { summary: 'so many of the best never die of age', default: 3, from: 0, to: 100_000, whole: true },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/**
 * Where weights are inherited a trial goes on from what its parents learned, so few lines that get old soon are better than many young ones; and a child
 * of two parents would lose most of what either knows (Real et al. 2017, arXiv:1703.01041, mutates only).
 */
const inheriting = {
  ...specs,
  population: { ...specs.population, default: 8 },
  sample: { ...specs.sample, default: 3 },
  crossover: { ...specs.crossover, default: 0 },
} satisfies OptionSpecs

interface Member {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly population: readonly Member[]
  readonly told: number
  readonly seen: readonly number[]
}

/**
 * Regularised evolution (Real et al. 2019, arXiv:1802.01548): a population of the latest trials; the best of a random sample of it is mutated (or crossed
 * with another such winner); the child enters the population and the oldest leaves. Ageing keeps a lucky measurement from ruling for ever.
 */
class Evolution implements Strategy {
  readonly #space: SearchSpace
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  #population: Member[] = []
  #told = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#space = context.space
    this.#options = readOptions('evolution', context.inherits ? inheriting : specs, options)
    this.#unseen = new Unseen(context.space, context.seed, this.#options.isomorphs ? 'decisions' : 'network')
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    if (this.#told < this.#options.population) return this.#unseen.proposal(n)
    if (this.#population.length === 0) return this.#unseen.proposal(n)
    const { mutation } = this.#options
    const crossover = this.#population.length > 1 ? this.#options.crossover : 0
    const breeding = { space: this.#space, crossover, mutation, choose: (random: Random) => this.#tournament(random) }
    return offspring(breeding, this.#unseen, randomFor(this.#context.seed, 'evolution', n), n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    const value = fitness(this.#context.objectives, outcome)
    if (value === undefined) return
    this.#population.push({ number: outcome.number, architecture: outcome.architecture, fitness: value })
    if (this.#population.length > this.#options.population) this.#population.splice(this.#dying(), 1)
  }

  save(): State {
    return { population: this.#population, told: this.#told, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { population, told, seen } = state as State
    this.#told = told
    this.#population = [...population]
    this.#unseen.restore(seen)
  }

  #tournament(random: Random): Member {
    const { sample } = this.#options
    const rivals = sample === 1 ? [pick(random, this.#population)] : pickMany(random, this.#population, sample)
    return rivals.reduce((best, rival) => (rival.fitness > best.fitness ? rival : best))
  }

  /** Place of the member that leaves. */
  #dying(): number {
    const { ageing, elite } = this.#options
    if (ageing && elite === 0) return 0
    const members = this.#population
    const places = members.map((_, i) => i).sort((a, b) => members[b].fitness - members[a].fitness || b - a)
    if (!ageing) return places[places.length - 1]
    const safe = new Set(places.slice(0, elite))
    const oldest = members.findIndex((_, i) => !safe.has(i))
    return Math.max(0, oldest)
  }
}

export const evolution: StrategyEntry = {
  name: 'evolution',
  summary: 'a population of trials: the best of a sample is mutated or crossed, the oldest leaves',
  paper: 'Real, Aggarwal, Huang, Le 2019, arXiv:1802.01548',
  options: listed(specs),
  descends: true,
  make: (context, options) => new Evolution(context, options),
}
