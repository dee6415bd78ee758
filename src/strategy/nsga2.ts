import { type Architecture, type Random, pick, randomFor } from '../space/index.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { breedingOptions, offspring } from './offspring.ts'
import { crowdingOf, frontsOf, scoresOf } from './pareto.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  population: { summary: 'how many trials live at a time; so many random ones come first', default: 20, from: 2, to: 10_000, whole: true },
  ...breedingOptions,
} satisfies OptionSpecs

interface Member {
  readonly number: number
  readonly architecture: Architecture
  readonly scores: readonly number[]
}

/** Where a member stands: its front (0 is the best), and how lonely it is in it. */
interface Standing {
  readonly front: number
  readonly crowding: number
}

interface State {
  readonly population: readonly Member[]
  readonly told: number
  readonly seen: readonly number[]
}

/**
 * NSGA-II (Deb et al. 2002): parents are winners of pairs by front and then by crowding distance; of population and child together, the most crowded member of the
 * last front leaves. One child at a time (steady state, Durillo et al. 2009), so workers never wait for a generation. With one objective it is elitist evolution.
 */
class Nsga2 implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  #population: Member[] = []
  #standings: readonly Standing[] = []
  #told = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('nsga2', specs, options)
    this.#unseen = new Unseen(context.space, context.seed)
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    if (this.#told < this.#options.population) return this.#unseen.proposal(n)
    if (this.#population.length === 0) return this.#unseen.proposal(n)
    const breeding = { space: this.#context.space, ...this.#options, choose: (random: Random) => this.#winner(random) }
    return offspring(breeding, this.#unseen, randomFor(this.#context.seed, 'nsga2', n), n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    const scores = scoresOf(this.#context.objectives, outcome)
    if (scores === undefined) return
    this.#population.push({ number: outcome.number, architecture: outcome.architecture, scores })
    this.#standings = standingsOf(this.#population)
    if (this.#population.length <= this.#options.population) return
    const places = this.#population.map((_, i) => i)
    this.#population.splice(
      places.reduce((worst, i) => (this.#worse(i, worst) > 0 ? i : worst)),
      1,
    )
    this.#standings = standingsOf(this.#population)
  }

  save(): State {
    return { population: this.#population, told: this.#told, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { population, told, seen } = state as State
    this.#told = told
    this.#population = [...population]
    this.#standings = standingsOf(this.#population)
    this.#unseen.restore(seen)
  }

  /** The better of two members at random. */
  #winner(random: Random): Member {
    const places = this.#population.map((_, i) => i)
    const [a, b] = [pick(random, places), pick(random, places)]
    return this.#population[this.#worse(a, b) > 0 ? b : a]
  }

  /** Above 0 when the first member stands worse than the second one. */
  #worse(a: number, b: number): number {
    const [first, second] = [this.#standings[a], this.#standings[b]]
    if (first.front !== second.front) return first.front - second.front
    return first.crowding === second.crowding ? 0 : second.crowding - first.crowding
  }
}

function standingsOf(population: readonly Member[]): readonly Standing[] {
  const fronts = frontsOf(population.map(({ scores }) => scores))
  const standings: Standing[] = []
  for (let front = 0, left = population.length; left > 0; front++) {
    const places = fronts.flatMap((own, i) => (own === front ? [i] : []))
    const crowding = crowdingOf(places.map((i) => population[i].scores))
    places.forEach((i, k) => {
      standings[i] = { front, crowding: crowding[k] }
    })
    left -= places.length
  }
  return standings
}

export const nsga2: StrategyEntry = {
  name: 'nsga2',
  summary: 'evolution for several objectives: keeps the Pareto front, and on it the trials that lie apart',
  paper: 'Deb, Pratap, Agarwal, Meyarivan 2002, IEEE Transactions on Evolutionary Computation 6(2)',
  options: listed(specs),
  descends: true,
  make: (context, options) => new Nsga2(context, options),
}
