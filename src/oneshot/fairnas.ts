import { type Architecture, type DecisionValue, randomFor, type SearchSpace, shuffle, valuesOf } from '../space/index.ts'
import { listed, readOptions } from '../strategy/options.ts'
import type { OneShotEntry } from './one-shot.ts'
import { pathOptions, ScheduledPaths } from './path-search.ts'
import { supernetSettings } from './plan.ts'
import { spos } from './spos.ts'

const specs = pathOptions

/** Values of a decision in a random order of the round; of a decision whose values are too many to list, none. */
const MANY = 64

/** Path `member` of a round: over the members of a round each decision takes its values in turn, in an order of its own. */
export function fairPath(space: SearchSpace, seed: number, round: number, member: number): Architecture {
  const random = randomFor(seed, 'fair', round, member)
  const fallback = space.sample(random)
  return space.build((decision): DecisionValue => {
    const values = valuesOf(decision)
    if (values === undefined || values.length > MANY) return fallback[decision.path] ?? values?.[0] ?? 0
    const order = shuffle(randomFor(seed, 'fair', round, decision.path), values)
    return order[member % order.length]
  })
}

/** Members of a round: as many as the widest decision has values. */
export const membersOf = (space: SearchSpace): number =>
  Math.max(
    1,
    ...space
      .decisions()
      .map((decision) => valuesOf(decision)?.length ?? 1)
      .filter((count) => count <= MANY),
  )

/**
 * Strict fairness: in every round each alternative of each choice is trained exactly once. Each path of a round takes an update of its own (the paper adds the
 * gradients of a round up, which is the same for the weights of alternatives and differs for those that all paths share).
 */
export const fairnas: OneShotEntry = {
  ...spos,
  name: 'fairnas',
  summary: 'weight sharing: rounds of paths in which every alternative is trained equally often; then evolves paths',
  paper: 'Chu, Zhang, Xu 2021, arXiv:1907.01845',
  options: listed(specs),
  trainer(context, options) {
    const { learningRate } = readOptions('fairnas', specs, options)
    const members = membersOf(context.space)
    const pathOf = (number: number): Architecture => fairPath(context.space, context.seed, Math.floor(number / members), number % members)
    return Promise.resolve(new ScheduledPaths(context, supernetSettings(context, learningRate || undefined), { pathOf, members }))
  },
  proposer: (context, learned) => spos.proposer(context, learned),
}
