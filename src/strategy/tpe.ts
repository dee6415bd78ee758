import { type Architecture, type Decision, type DecisionValue, type Random, randomFor, toUnit } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import { categoryDensity, cellDensity, cellOf, CELLS, drawReal, isReal, UnitDensity } from './parzen.ts'
import { drawIndex, picksOf, type Slot, takeDecision } from './slots.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  starts: { summary: 'random architectures tried first', default: 20, from: 1, to: 100_000, whole: true },
  good: { summary: 'share of the trials that counts as good', default: 0.1, from: 0, to: 1 },
  most: { summary: 'most trials that count as good', default: 25, from: 1, to: 1000, whole: true },
  candidates: {
    summary: 'architectures drawn from the good ones, of which the most promising is proposed',
    default: 24,
    from: 1,
    to: 10_000,
    whole: true,
  },
} satisfies OptionSpecs

/** Observations that the uniform prior counts as; more in each further round of candidates, when all before were known. */
const PRIORS = [1, 3, 9]

interface Trial {
  readonly architecture: Architecture
  readonly fitness: number
}

interface State {
  readonly best: readonly Trial[]
  readonly count: number
  readonly told: number
  readonly taken: Readonly<Record<string, readonly number[]>>
  readonly seen: readonly number[]
}

/**
 * The tree-structured Parzen estimator (Bergstra et al. 2011): each decision has one density over its values in the good trials and one over those in the others,
 * among trials in which it was active; of candidates drawn from the first, the one with the greatest ratio of the two is proposed.
 */
class Tpe implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  /** The best trials, best first: no more than can ever count as good. */
  #best: Trial[] = []
  /** How often each category (or cell of a real number's scale) was taken in all trials. */
  #taken = new Map<string, Float64Array>()
  #count = 0
  #told = 0

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('tpe', specs, options)
    this.#unseen = new Unseen(context.space, context.seed)
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    if (this.#told < this.#options.starts || this.#count < 2) return this.#unseen.proposal(n)
    const random = randomFor(this.#context.seed, 'tpe', n)
    for (const prior of PRIORS) {
      const model = new Model(this.#good(), this.#taken, prior, this.#context)
      const candidates = Array.from({ length: this.#options.candidates }, () => model.draw(random)).sort((a, b) => b.promise - a.promise)
      const fresh = candidates.find(
        ({ architecture }) => !this.#unseen.has(architecture) && this.#context.space.check(architecture).length === 0,
      )
      if (fresh) return { architecture: fresh.architecture, origin: 'model', details: { promise: fresh.promise } }
    }
    return this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#told++
    const value = fitness(this.#context.objectives, outcome)
    if (value === undefined) return
    this.#count++
    const place = this.#best.findIndex((trial) => value > trial.fitness)
    this.#best.splice(place < 0 ? this.#best.length : place, 0, { architecture: outcome.architecture, fitness: value })
    if (this.#best.length > this.#options.most) this.#best.pop()
    for (const decision of this.#context.space.decisions(outcome.architecture))
      count(decision, outcome.architecture[decision.path], (key, size, index) => {
        const counts = this.#taken.get(key) ?? new Float64Array(size)
        counts[index]++
        this.#taken.set(key, counts)
      })
  }

  save(): State {
    const taken = Object.fromEntries([...this.#taken].map(([key, counts]) => [key, [...counts]]))
    return { best: this.#best, count: this.#count, told: this.#told, taken, seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { best, count, told, taken, seen } = state as State
    this.#best = [...best]
    this.#count = count
    this.#told = told
    this.#taken = new Map(Object.entries(taken).map(([key, counts]) => [key, Float64Array.from(counts)]))
    this.#unseen.restore(seen)
  }

  #good(): readonly Architecture[] {
    const size = Math.max(1, Math.ceil(this.#options.good * this.#count))
    return this.#best.slice(0, size).map(({ architecture }) => architecture)
  }
}

/** Says which category of which slot (or cell of a scale) a value is. */
function count(decision: Decision, value: DecisionValue, add: (key: string, size: number, index: number) => void): void {
  if (isReal(decision)) add(decision.path, CELLS, cellOf(toUnit(decision, value as number)))
  else for (const { slot, index } of picksOf(decision, value)) add(slot.key, slot.size, index)
}

/** Both densities of every decision, made when a decision is met first. */
class Model {
  readonly #context: StrategyContext
  readonly #good: readonly Architecture[]
  readonly #taken: ReadonlyMap<string, Float64Array>
  readonly #prior: number
  readonly #ofGood = new Map<string, Float64Array>()
  readonly #categories = new Map<string, { readonly good: Float64Array; readonly ratio: Float64Array }>()
  readonly #reals = new Map<string, { readonly good: UnitDensity; readonly others: Float64Array }>()

  constructor(good: readonly Architecture[], taken: ReadonlyMap<string, Float64Array>, prior: number, context: StrategyContext) {
    this.#context = context
    this.#good = good
    this.#taken = taken
    this.#prior = prior
    for (const architecture of good)
      for (const decision of context.space.decisions(architecture))
        count(decision, architecture[decision.path], (key, size, index) => {
          const counts = this.#ofGood.get(key) ?? new Float64Array(size)
          counts[index]++
          this.#ofGood.set(key, counts)
        })
  }

  /** An architecture from the good density, and the logarithm of the ratio of the densities there. */
  draw(random: Random): { readonly architecture: Architecture; readonly promise: number } {
    let promise = 0
    const take = (slot: Slot): number => {
      const { good, ratio } = this.#category(slot)
      const index = drawIndex(good, random)
      promise += ratio[index]
      return index
    }
    const architecture = this.#context.space.build((decision) => {
      if (!isReal(decision)) return takeDecision(decision, take, random)
      const { good, others } = this.#real(decision.path)
      const { value, unit } = drawReal(decision, good, random)
      promise += Math.log(good.at(unit) / others[cellOf(unit)])
      return value
    })
    return { architecture, promise }
  }

  #category(slot: Slot): { readonly good: Float64Array; readonly ratio: Float64Array } {
    const known = this.#categories.get(slot.key)
    if (known) return known
    const counts = this.#ofGood.get(slot.key) ?? new Float64Array(slot.size)
    const good = categoryDensity(slot, counts, this.#prior)
    const others = categoryDensity(slot, this.#others(slot.key, counts), this.#prior)
    const made = { good, ratio: good.map((p, i) => Math.log(p / others[i])) }
    this.#categories.set(slot.key, made)
    return made
  }

  #real(path: string): { readonly good: UnitDensity; readonly others: Float64Array } {
    const known = this.#reals.get(path)
    if (known) return known
    const counts = this.#ofGood.get(path) ?? new Float64Array(CELLS)
    const units = this.#unitsOf(path)
    const made = { good: new UnitDensity(units, this.#prior), others: cellDensity(this.#others(path, counts), this.#prior) }
    this.#reals.set(path, made)
    return made
  }

  #unitsOf(path: string): readonly number[] {
    return this.#good.flatMap((architecture) => {
      if (architecture[path] === undefined) return []
      const decision = this.#context.space.decisions(architecture).find((one) => one.path === path)
      return decision && isReal(decision) ? [toUnit(decision, architecture[path] as number)] : []
    })
  }

  #others(key: string, good: Float64Array): Float64Array {
    const all = this.#taken.get(key)
    return all === undefined ? new Float64Array(good.length) : all.map((total, i) => total - good[i])
  }
}

export const tpe: StrategyEntry = {
  name: 'tpe',
  summary: 'draws each decision as the good trials took it and the others did not (tree-structured Parzen estimator)',
  paper: 'Bergstra, Bardenet, Bengio, Kégl 2011, NeurIPS 24',
  options: listed(specs),
  make: (context, options) => new Tpe(context, options),
}
