import { SpaceError } from './error.ts'
import type { Architecture, Random, SearchSpace } from './types.ts'

/** Draws before a limit counts as one that nothing meets. */
const TRIES = 2000

/** Which architectures are let through, and the sentence for those that are not. */
export interface Limit {
  readonly accepts: (architecture: Architecture) => boolean
  readonly message: string
}

/**
 * The same space with only the architectures that meet a limit: whatever is drawn or made by variation and does not meet it is drawn again,
 * before anything is built. `size` stays the whole space's: how many meet the limit is not known.
 */
export function limitSpace(space: SearchSpace, { accepts, message }: Limit): SearchSpace {
  const drawn = (draw: () => Architecture): Architecture | undefined => {
    for (let i = 0; i < TRIES; i++) {
      const architecture = draw()
      if (accepts(architecture)) return architecture
    }
    return undefined
  }
  const sampled = (draw: () => Architecture): Architecture => {
    const architecture = drawn(draw)
    if (architecture === undefined)
      throw new SpaceError(`None of ${TRIES} random networks of the space ${space.name} meets the limit: ${message}. Widen it.`)
    return architecture
  }
  const sample = (random: Random): Architecture => sampled(() => space.sample(random))
  return {
    ...space,
    get size() {
      return space.size
    },
    sample,
    sampleUniform: (random) => sampled(() => space.sampleUniform(random)),
    *enumerate() {
      for (const architecture of space.enumerate()) if (accepts(architecture)) yield architecture
    },
    check: (architecture) => {
      const issues = space.check(architecture)
      return issues.length > 0 || accepts(architecture) ? issues : [{ path: '', message }]
    },
    neighbours: (architecture) => space.neighbours(architecture).filter(accepts),
    mutate: (architecture, random) => drawn(() => space.mutate(architecture, random)) ?? sample(random),
    crossover: (a, b, random) => drawn(() => space.crossover(a, b, random)) ?? sample(random),
  }
}
