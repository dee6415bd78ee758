import type { Architecture, Random, SearchSpace } from '../space/index.ts'
import type { OptionSpecs } from './options.ts'
import type { Proposal } from './strategy.ts'
import type { Unseen } from './unseen.ts'

/** Options of strategies that breed. */
export const breedingOptions = {
  mutation: {
    summary: 'probability that a child of two parents is mutated, too; a child of one parent always is',
    default: 0.5,
    from: 0,
    to: 1,
  },
  crossover: { summary: 'probability that a child has two parents', default: 0.5, from: 0, to: 1 },
} satisfies OptionSpecs

/** A trial that may have children. */
export interface Parent {
  readonly number: number
  readonly architecture: Architecture
}

/** How children are made. */
export interface Breeding {
  readonly space: SearchSpace
  readonly crossover: number
  readonly mutation: number
  /** Draws a parent. */
  readonly choose: (random: Random) => Parent
}

/** Draws of a child before a random architecture is taken instead of one that came before. */
const TRIES = 50

/** Proposal `n`: a child that is new, of one parent by mutation or of two by crossover; a random architecture where none is found. */
export function offspring(breeding: Breeding, unseen: Unseen, random: Random, n: number): Proposal | 'exhausted' {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const child = childOf(breeding, random)
    if (!unseen.has(child.architecture)) return child
  }
  return unseen.proposal(n)
}

function childOf({ space, crossover, mutation, choose }: Breeding, random: Random): Proposal {
  const parent = choose(random)
  if (random.next() >= crossover)
    return { architecture: space.mutate(parent.architecture, random), origin: 'mutation', parents: [parent.number] }
  const other = choose(random)
  const crossed = space.crossover(parent.architecture, other.architecture, random)
  const architecture = random.next() < mutation ? space.mutate(crossed, random) : crossed
  return { architecture, origin: 'crossover', parents: [...new Set([parent.number, other.number])] }
}
