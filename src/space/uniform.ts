import { type SpaceDefinition, resolve } from './definition.ts'
import { allWays } from './size.ts'
import type { Architecture, DecisionValue, Random } from './types.ts'
import type { Take } from './ways.ts'

const takes = new WeakMap<SpaceDefinition, Take>()

/**
 * An architecture at random, all architectures of the space equally likely, however unlike its branches are in size: the counts of the branches are
 * the chances to enter them. Real numbers, of which there is no count, are drawn on their scale.
 */
export function sampleUniformly(definition: SpaceDefinition, random: Random): Architecture {
  let take = takes.get(definition)
  if (take === undefined) takes.set(definition, (take = allWays(definition, 1).take))
  const taken = new Map<string, DecisionValue>()
  take(random, taken)
  return resolve(definition, ({ path }) => taken.get(path) as DecisionValue).architecture
}
