import type { SpaceDefinition } from './definition.ts'
import { valuesOf } from './domain.ts'
import type { Architecture, Decision, DecisionValue, SearchSpace } from './types.ts'
import { Walk } from './walk.ts'

/** Mutants drawn before a space counts as one in which nothing is left open. */
const TRIES = 1000

/** Paths of the decisions that set the space's hyper-parameters: a network with shared weights says nothing about their worth. */
export function hyperparameterPaths(definition: SpaceDefinition): ReadonlySet<string> {
  const paths = new Set<string>()
  const walk = new Walk<undefined>({
    decide(decision) {
      paths.add(decision.path)
      return valuesOf(decision)?.[0] ?? (decision as Extract<Decision, { kind: 'float' }>).from
    },
    size: () => Number.NaN,
    layer: () => undefined,
    merge: () => undefined,
    adapt: () => undefined,
  })
  for (const name in definition.hyperparameters) walk.value(definition.hyperparameters[name])
  return paths
}

/**
 * The same space with some decisions taken once and for all: whatever is drawn or made by variation has their value.
 *
 * @param fixed the value of a decision; undefined leaves it open
 */
export function fixSpace(space: SearchSpace, fixed: (decision: Decision) => DecisionValue | undefined): SearchSpace {
  /** Decisions that become active by what was fixed have their first value. */
  const settle = (architecture: Architecture): Architecture =>
    space.build((decision) => fixed(decision) ?? architecture[decision.path] ?? firstOf(decision))
  return {
    ...space,
    get size() {
      return space.size
    },
    decisions: (architecture) => space.decisions(architecture && settle(architecture)).filter((decision) => fixed(decision) === undefined),
    build: (decide) => space.build((decision) => fixed(decision) ?? decide(decision)),
    sample: (random) => settle(space.sample(random)),
    *enumerate() {
      const seen = new Set<string>()
      for (const architecture of space.enumerate()) {
        const text = space.print(settle(architecture))
        if (!seen.has(text)) yield settle(architecture)
        seen.add(text)
      }
    },
    neighbours: (architecture) => space.neighbours(architecture).filter((other) => space.print(settle(other)) === space.print(other)),
    mutate(architecture, random) {
      const before = space.print(settle(architecture))
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const after = settle(space.mutate(architecture, random))
        if (space.print(after) !== before) return after
      }
      return settle(architecture)
    },
    crossover: (a, b, random) => settle(space.crossover(a, b, random)),
  }
}

const firstOf = (decision: Decision): DecisionValue => valuesOf(decision)?.[0] ?? (decision as Extract<Decision, { kind: 'float' }>).from
