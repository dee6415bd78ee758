import { type Architecture, randomFor } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  starts: { summary: 'random architectures tried first', default: 10, from: 2, to: 100_000, whole: true },
  temperature: { summary: 'first temperature, in standard deviations of what the random ones measured', default: 0.2, from: 0, to: 1000 },
  cooling: { summary: 'factor on the temperature with every trial', default: 0.95, from: 0.1, to: 1 },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/** Mutants drawn before a random architecture is taken instead of one that came before. */
const TRIES = 50

interface Point {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly current: Point | undefined
  readonly first: readonly number[]
  readonly told: number
  readonly seen: readonly number[]
}

/**
 * Simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983): a mutant of the current architecture takes its place when it is better, and with a
 * probability that falls with the temperature and with how much worse it is when not.
 */
class Annealing implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  #current: Point | undefined
  /** What the random ones measured: the scale of the temperature. */
  #first: number[] = []
  #told = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('annealing', specs, options)
    this.#unseen = new Unseen(context.space, context.seed, this.#options.isomorphs ? 'decisions' : 'network')
  }

  ask(n: number): Proposal | 'exhausted' {
    const current = this.#current
    if (current === undefined || this.#told < this.#options.starts || this.#unseen.none) return this.#unseen.proposal(n)
    const random = randomFor(this.#context.seed, 'annealing', n)
    let architecture = current.architecture
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // Where all near ones came before, the step grows.
      architecture = this.#context.space.mutate(attempt % 10 === 0 ? current.architecture : architecture, random)
      if (!this.#unseen.has(architecture)) return { architecture, origin: 'mutation', parents: [current.number] }
    }
    return this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    const value = fitness(this.#context.objectives, outcome)
    if (value === undefined) return
    if (this.#told <= this.#options.starts) this.#first.push(value)
    if (this.#accepts(value, outcome.number)) this.#current = { number: outcome.number, architecture: outcome.architecture, fitness: value }
  }

  save(): State {
    return { current: this.#current, first: this.#first, told: this.#told, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { current, first, told, seen } = state as State
    this.#current = current
    this.#first = [...first]
    this.#told = told
    this.#unseen.restore(seen)
  }

  #accepts(value: number, number: number): boolean {
    const { starts, temperature, cooling } = this.#options
    const worse = (this.#current?.fitness ?? -Infinity) - value
    if (worse < 0) return true
    if (this.#told <= starts) return false
    const scale = temperature * cooling ** (this.#told - starts) * deviation(this.#first)
    return randomFor(this.#context.seed, 'accept', number).next() < Math.exp(-worse / scale)
  }
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

export const annealing: StrategyEntry = {
  name: 'annealing',
  summary: 'mutates the current architecture; takes what is better always, what is worse ever less often',
  paper: 'Kirkpatrick, Gelatt, Vecchi 1983, Science 220',
  options: listed(specs),
  descends: true,
  make: (context, options) => new Annealing(context, options),
}
