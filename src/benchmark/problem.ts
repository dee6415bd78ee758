import { limitSpace } from '../space/limit.ts'
import { type Architecture, type Random, type SearchSpace } from '../space/index.ts'
import { pick } from '../space/random.ts'

/** A table over a space as plain data, so that it can be handed to another thread; row i is `architectures[i]`. */
export interface ProblemData {
  /** Architectures as the space prints them. */
  readonly architectures: readonly string[]
  /** What a strategy sees of each; NaN where the table says nothing. */
  readonly signal: Float64Array
  /** What a choice is judged by. */
  readonly truth: Float64Array
  /** Simulated seconds that a trial takes, where the table has them. */
  readonly seconds?: Float64Array
  readonly direction: 'maximize' | 'minimize'
}

/** A table that strategies can search. */
export interface Problem extends ProblemData {
  /** The space; only its architectures in the table, when that is partial. */
  readonly space: SearchSpace
  /** Whether the table does not hold every architecture of the space. */
  readonly partial: boolean
  /** Row of an architecture; undefined when the table has none. */
  row(architecture: Architecture): number | undefined
}

export function problemOf(data: ProblemData, space: SearchSpace): Problem {
  const rows = new Map(data.architectures.map((text, row) => [text, row]))
  const row = (architecture: Architecture): number | undefined => rows.get(space.print(architecture))
  const partial = space.size === undefined || BigInt(rows.size) < space.size
  const searched = remembering(space)
  const holds = (architecture: Architecture): boolean => row(architecture) !== undefined
  return { ...data, row, partial, space: partial ? tabulated(searched, data.architectures, holds) : searched }
}

/** The space with each canonical form found once: many searches of one table ask for the same ones. */
function remembering(space: SearchSpace): SearchSpace {
  const known = new Map<string, string>()
  const canonical: SearchSpace['canonical'] = (architecture) => {
    const text = space.print(architecture)
    const form = known.get(text) ?? space.canonical(architecture)
    known.set(text, form)
    return form
  }
  return {
    ...space,
    get size() {
      return space.size
    },
    canonical,
  }
}

/** Mutants and crossings drawn before an architecture of the table is taken at random. */
const TRIES = 100

/** A space of which only some architectures are in a table: they are drawn from it evenly, and variation stays among them where it can. */
function tabulated(space: SearchSpace, texts: readonly string[], holds: (architecture: Architecture) => boolean): SearchSpace {
  const limited = limitSpace(space, { accepts: holds, message: 'The table does not hold it.' })
  const sample = (random: Random): Architecture => space.parse(pick(random, texts))
  const drawn = (random: Random, draw: () => Architecture): Architecture => {
    for (let i = 0; i < TRIES; i++) {
      const architecture = draw()
      if (holds(architecture)) return architecture
    }
    return sample(random)
  }
  return {
    ...limited,
    size: BigInt(texts.length),
    sample,
    sampleUniform: sample,
    *enumerate() {
      for (const text of texts) yield space.parse(text)
    },
    mutate: (architecture, random) => drawn(random, () => space.mutate(architecture, random)),
    crossover: (a, b, random) => drawn(random, () => space.crossover(a, b, random)),
  }
}
