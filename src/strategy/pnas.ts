import { UserError } from '../errors.ts'
import { MlpEnsemble, normalScores } from '../predict/index.ts'
import { type Architecture, randomFor, type SearchSpace } from '../space/index.ts'
import { Archive, type Member } from './archive.ts'
import { complexityOf, walkTowards } from './complexity.ts'
import { listed, type OptionSpecs, readOptions } from './options.ts'
import type { Outcome, Proposal, Strategy, StrategyContext, StrategyEntry } from './strategy.ts'
import { Unseen } from './unseen.ts'
import { type Vectors, vectors } from './vectors.ts'

const specs = {
  levels: { summary: 'levels of complexity, from the simplest networks to the most complex', default: 6, from: 1, to: 1000, whole: true },
  beam: {
    summary: 'trials of each level, and how many of the best of it are widened for the next',
    default: 12,
    from: 2,
    to: 10_000,
    whole: true,
  },
  widenings: {
    summary: 'wider architectures made of each of them, for the surrogate to rank',
    default: 24,
    from: 1,
    to: 10_000,
    whole: true,
  },
  refit: { summary: 'trials from one ranking to the next after the last level', default: 5, from: 1, to: 10_000, whole: true },
  members: { summary: 'perceptrons of the surrogate', default: 4, from: 2, to: 100, whole: true },
  isomorphs: { summary: 'whether an architecture may be tried that is the same network as one before', default: false },
} satisfies OptionSpecs

/** Mutations of one parent, at most, to make it wider. */
const REACH = 3
/** Walks from which the least and the largest complexity of a space are known. */
const WALKS = 6

/** The least and the largest complexity that walks find in a space. */
function complexityRange(space: SearchSpace, seed: number): readonly [least: number, most: number] {
  const ends = (direction: 'simpler' | 'richer'): readonly number[] =>
    Array.from({ length: WALKS }, (_, i) => {
      const random = randomFor(seed, direction, i)
      return walkTowards(space, space.sample(random), direction, random).complexity
    }).filter((complexity) => complexity !== undefined)
  return [Math.min(...ends('simpler')), Math.max(...ends('richer'))]
}

/** Why a space cannot be searched so; undefined when it can. */
const fault = (space: SearchSpace, [least, most]: readonly [number, number]): string | undefined =>
  most > least
    ? undefined
    : `The networks of the space "${space.name}" are all equally complex, so there is nothing to widen step by step: take the strategy bananas.`

/** Largest complexity of each level: evenly from the simplest networks to the most complex, no more levels than whole steps. */
function bounds([least, most]: readonly [number, number], wanted: number): readonly number[] {
  const levels = Math.min(wanted, 1 + Math.ceil(most - least))
  return Array.from({ length: levels }, (_, level) => (levels === 1 ? most : least + ((most - least) * level) / (levels - 1)))
}

/** Proposals made at one time, best first, and how much of the history they come from. */
interface Ranking {
  readonly from: number
  readonly proposals: readonly Proposal[]
}

/**
 * Progressive search (PNAS; Liu et al. 2018, arXiv:1712.00559) on any space: levels of complexity take the place of the number of blocks. The simplest
 * networks are tried first; then, level by level, the best are widened, a surrogate ranks what came of it, and the top of the ranking is tried. After the
 * last level the best of all are mutated and ranked in the same way.
 */
class Progressive implements Strategy {
  readonly #context: StrategyContext
  readonly #options: ReturnType<typeof readOptions<typeof specs>>
  readonly #vectors: Vectors
  /** Largest complexity of each level. */
  readonly #bounds: readonly number[]
  #archive: Archive
  #unseen: Unseen
  #ranking: Ranking | undefined

  constructor(context: StrategyContext, options: Parameters<StrategyEntry['make']>[1]) {
    this.#context = context
    this.#options = readOptions('pnas', specs, options)
    this.#vectors = vectors(context.space)
    const range = complexityRange(context.space, context.seed)
    const why = fault(context.space, range)
    if (why !== undefined) throw new UserError(why)
    this.#bounds = bounds(range, this.#options.levels)
    this.#archive = new Archive(context.objectives)
    this.#unseen = this.#nothingSeen()
  }

  ask(n: number): Proposal | 'exhausted' {
    const from = this.#lastRanking()
    if (from === 0 || this.#archive.members.length < 2) return this.#simple(n)
    if (this.#ranking?.from !== from) this.#ranking = { from, proposals: this.#rank(from) }
    const { proposals } = this.#ranking
    // Proposal n of the ranking, whether or not those before it have come back.
    const open = proposals.slice(Math.min(Math.max(0, n - from), proposals.length - 1))
    return open.find(({ architecture }) => !this.#unseen.has(architecture)) ?? this.#unseen.proposal(n)
  }

  tell(outcome: Outcome): void {
    this.#unseen.tell(outcome.architecture, outcome.number)
    this.#archive.add(outcome)
  }

  save(): readonly Outcome[] {
    return this.#archive.save()
  }

  restore(state: unknown): void {
    this.#archive = new Archive(this.#context.objectives)
    this.#unseen = this.#nothingSeen()
    this.#ranking = undefined
    for (const outcome of state as readonly Outcome[]) this.tell(outcome)
  }

  #nothingSeen(): Unseen {
    const { space, seed } = this.#context
    return new Unseen(space, seed, this.#options.isomorphs ? 'decisions' : 'network')
  }

  /** How many trials were told when the ranking that is valid now was made; 0 in the first level. */
  #lastRanking(): number {
    const { beam, refit } = this.#options
    const { count } = this.#archive
    const progressive = beam * this.#bounds.length
    return count < progressive ? count - (count % beam) : count - ((count - progressive) % refit)
  }

  /** A random architecture of the first level. */
  #simple(n: number): Proposal | 'exhausted' {
    const { space, seed } = this.#context
    const start = this.#unseen.proposal(n)
    if (start === 'exhausted') return start
    const { architecture } = walkTowards(space, start.architecture, 'simpler', randomFor(seed, 'simple', n), this.#bounds[0])
    return this.#unseen.has(architecture) ? start : { architecture, origin: 'simple' }
  }

  #rank(from: number): readonly Proposal[] {
    const { seed, space } = this.#context
    const { beam, members } = this.#options
    const told = this.#archive.first(from)
    if (told.members.length < 2) return []
    const level = from / beam
    const candidates = level < this.#bounds.length ? this.#widened(told, level, from) : this.#mutants(told, from)
    const different = [...new Map(candidates.map((candidate) => [space.print(candidate.architecture), candidate])).values()]
    const model = new MlpEnsemble(
      told.members.map(({ architecture }) => this.#vectors.of(architecture)),
      this.#vectors.length,
      normalScores(told.members.map(({ fitness }) => fitness)),
      members,
      randomFor(seed, 'fit', from),
      { steps: 150 + Math.floor(told.members.length / 2) },
    )
    const scores = different.map(({ architecture }) => model.predict(this.#vectors.of(architecture)).mean)
    const order = different.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b)
    return order.map((i) => different[i])
  }

  /** The best of the levels before, each mutated until it is of this level. */
  #widened(told: Archive, level: number, from: number): readonly Proposal[] {
    const { space, seed } = this.#context
    const random = randomFor(seed, 'widen', from)
    const [below, above] = [this.#bounds[level - 1], this.#bounds[level]]
    return told.best(this.#options.beam).flatMap((parent) =>
      Array.from({ length: this.#options.widenings }, () => {
        let { architecture } = parent
        for (let step = 0; step < REACH; step++) {
          architecture = space.mutate(architecture, random)
          const complexity = complexityOf(space, architecture)
          if (complexity !== undefined && complexity > below && complexity <= above) return [proposal(architecture, parent, 'widening')]
        }
        return []
      }).flat(),
    )
  }

  #mutants(told: Archive, from: number): readonly Proposal[] {
    const { space, seed } = this.#context
    const random = randomFor(seed, 'mutate', from)
    return told.best(this.#options.beam).flatMap((parent) =>
      Array.from({ length: this.#options.widenings }, (_, i) => {
        const once = space.mutate(parent.architecture, random)
        return proposal(i % 3 === 2 ? space.mutate(once, random) : once, parent, 'mutation')
      }),
    )
  }
}

const proposal = (architecture: Architecture, parent: Member, origin: string): Proposal => ({
  architecture,
  origin,
  parents: [parent.number],
})

export const pnas: StrategyEntry = {
  name: 'pnas',
  summary: 'simple networks first; the best are widened step by step, and a learned surrogate ranks what is worth a trial',
  paper: 'Liu et al. 2018, arXiv:1712.00559',
  options: listed(specs),
  descends: true,
  refuses: (space) => fault(space, complexityRange(space, 0)),
  make: (context, options) => new Progressive(context, options),
}
