import type { Constraint } from './constraint.ts'
import type { Expression } from './expression.ts'
import type { Tree } from './tree.ts'
import type { Architecture, Decision, DecisionValue } from './types.ts'
import { Walk, type Visitor } from './walk.ts'

/** A space as it was written: everything else is derived from it. */
export interface SpaceDefinition {
  readonly name: string
  readonly summary: string
  readonly root: Tree
  readonly hyperparameters: Readonly<Record<string, Expression>>
  readonly constraints: readonly Constraint[]
  /** Foreign notations of an architecture: each gives the space's own string, or undefined when the text is not in that notation. */
  readonly notations: readonly ((text: string) => string | undefined)[]
}

/** The active decisions with their values, in the order of the walk, when `decide` takes them. */
export interface Resolved {
  readonly architecture: Architecture
  readonly decisions: readonly Decision[]
}

const DECISIONS_ONLY = {
  decisionsOnly: true,
  size: () => Number.NaN,
  layer: () => undefined,
  merge: () => undefined,
  adapt: () => undefined,
}

/** Walks the whole space, taking each active decision with `decide`. */
export function resolve(definition: SpaceDefinition, decide: (decision: Decision) => DecisionValue): Resolved {
  const architecture: Record<string, DecisionValue> = {}
  const decisions: Decision[] = []
  const visitor: Visitor<undefined> = {
    ...DECISIONS_ONLY,
    decide(decision) {
      const value = decide(decision)
      decisions.push(decision)
      architecture[decision.path] = value
      return value
    },
  }
  const walk = new Walk(visitor)
  walk.tree(definition.root, undefined)
  for (const name in definition.hyperparameters) walk.value(definition.hyperparameters[name])
  return { architecture, decisions }
}
