import { randomFor } from '../../space/random.ts'
import type { Architecture, SearchSpace } from '../../space/types.ts'

/** Draws in vain, one after the other, before a space is taken to have no more networks. */
const vain = 200

/**
 * Different networks of a space, of equal ones one: all of them where the space has no more architectures than are asked for, else drawn, the same ones for a
 * seed.
 *
 * @returns fewer than `count` where the space has no more
 */
export function differentNetworks(space: SearchSpace, count: number, seed: number): readonly Architecture[] {
  const found = new Map<string, Architecture>()
  const take = (architecture: Architecture): boolean => {
    const key = space.canonical(architecture)
    if (found.has(key)) return false
    found.set(key, architecture)
    return true
  }
  if (space.size !== undefined && space.size <= BigInt(count)) {
    for (const architecture of space.enumerate()) take(architecture)
    return [...found.values()]
  }
  for (let draw = 0, missed = 0; found.size < count && missed < vain; draw++)
    missed = take(space.sample(randomFor(seed, 'score', draw))) ? 0 : missed + 1
  return [...found.values()]
}
