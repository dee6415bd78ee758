import { type Architecture, randomFor, type Random } from '../space/index.ts'
import { fitness } from './fitness.ts'
import { type Axis, Encoding, ProductKernels } from './kernels.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'

const specs = {
  random: { summary: 'share of the proposals that is random', default: 1 / 3, from: 0, to: 1 },
  good: { summary: 'share of the trials that counts as good', default: 0.15, from: 0, to: 1 },
  candidates: {
    summary: 'architectures drawn near good ones, of which the most promising is proposed',
    default: 64,
    from: 1,
    to: 10_000,
    whole: true,
  },
  widening: { summary: 'how much wider than the kernels candidates are drawn', default: 3, from: 0, to: 100 },
  points: {
    summary: 'trials on each side before there is a model; 0: one more than there are decisions',
    default: 0,
    from: 0,
    to: 10_000,
    whole: true,
  },
} satisfies OptionSpecs

/** No more good trials than this, and no more of the others (evenly over their ranks), make the model: so a proposal never takes long. */
const MOST_GOOD = 50
const MOST_OTHERS = 400

interface Point {
  readonly number: number
  readonly architecture: Architecture
  readonly fitness: number
  readonly row: Float64Array
}

interface State {
  readonly points: readonly Omit<Point, 'row'>[]
  readonly axes: readonly (readonly [string, Axis])[]
  readonly seen: readonly number[]
}

/**
 * The sampler of BOHB (Falkner, Klein, Hutter 2018): one density over whole architectures for the good trials and one for the others, by kernels on every decision;
 * candidates are drawn near good trials and ranked by the ratio of the two. A share of the proposals stays random. Decisions that are not active count as
 * uniform, where the paper's program puts values of other trials in.
 */
class Bohb implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #unseen: Unseen
  #encoding = new Encoding()
  /** All finished trials, best first, earlier ones first among equals. */
  #points: Point[] = []

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('bohb', specs, options)
    this.#unseen = new Unseen(context.space, context.seed)
  }

  ask(n: number): Proposal | 'exhausted' {
    if (this.#unseen.none) return 'exhausted'
    const random = randomFor(this.#context.seed, 'bohb', n)
    const model = random.next() < this.#options.random ? undefined : this.#model()
    if (model === undefined) return this.#unseen.proposal(n)
    const candidates = Array.from({ length: this.#options.candidates }, () => this.#candidate(model, random))
    const ranked = candidates.sort((a, b) => b.promise - a.promise)
    const fresh = ranked.find(({ architecture }) => !this.#unseen.has(architecture) && this.#context.space.check(architecture).length === 0)
    if (fresh === undefined) return this.#unseen.proposal(n)
    const { architecture, parent, promise } = fresh
    return { architecture, origin: 'model', parents: [parent], details: { promise } }
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    const value = fitness(this.#context.objectives, outcome)
    if (value === undefined) return
    const { number, architecture } = outcome
    this.#encoding.learn(this.#context.space, architecture)
    this.#points.splice(this.#place(value), 0, this.#point({ number, architecture, fitness: value }))
  }

  save(): State {
    const points = this.#points.map(({ number, architecture, fitness: value }) => ({ number, architecture, fitness: value }))
    return { points, axes: this.#encoding.save(), seen: this.#unseen.save() }
  }

  restore(state: unknown): void {
    const { points, axes, seen } = state as State
    this.#encoding = new Encoding(axes)
    this.#points = points.map((point) => this.#point(point))
    this.#unseen.restore(seen)
  }

  #point(point: Omit<Point, 'row'>): Point {
    return { ...point, row: this.#encoding.encode(this.#context.space, point.architecture) }
  }

  /** Where a value comes among the points, after equals. */
  #place(value: number): number {
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#points[middle].fitness >= value) low = middle + 1
      else high = middle
    }
    return low
  }

  #model(): Model | undefined {
    const axes = this.#encoding.axes
    const least = this.#options.points === 0 ? axes.length + 1 : this.#options.points
    const count = this.#points.length
    if (count < least + 2) return undefined
    const size = Math.min(count - 1, Math.max(least, Math.floor(this.#options.good * count)))
    const good = this.#points.slice(0, Math.min(size, MOST_GOOD))
    const left = count - size
    const others = Array.from(
      { length: Math.min(left, MOST_OTHERS) },
      (_, i) => this.#points[size + Math.floor((i * left) / Math.min(left, MOST_OTHERS))],
    )
    const density = (points: readonly Point[]): ProductKernels =>
      new ProductKernels(
        points.map(({ row }) => row),
        axes,
      )
    return { points: good, good: density(good), others: density(others) }
  }

  #candidate({ points, good, others }: Model, random: Random): Candidate {
    const { space } = this.#context
    const centre = points[Math.floor(random.next() * points.length)]
    const { widening } = this.#options
    const architecture = space.build((decision) =>
      this.#encoding.decide(decision, (axis) => good.near(centre.row, axis, widening, random), random),
    )
    const row = this.#encoding.encode(space, architecture)
    return { architecture, parent: centre.number, promise: good.logDensity(row) - others.logDensity(row) }
  }
}

interface Model {
  readonly points: readonly Point[]
  readonly good: ProductKernels
  readonly others: ProductKernels
}

interface Candidate {
  readonly architecture: Architecture
  readonly parent: number
  /** Logarithm of how much likelier it is among the good trials. */
  readonly promise: number
}

export const bohb: StrategyEntry = {
  name: 'bohb',
  summary: 'draws near good trials, by a density over whole architectures; a third stays random (the sampler of BOHB)',
  paper: 'Falkner, Klein, Hutter 2018, arXiv:1807.01774',
  options: listed(specs),
  descends: true,
  make: (context, options) => new Bohb(context, options),
}
