import { networkCost } from '../network/index.ts'
import { architectureGraph } from './architecture-graph.ts'
import { canonicalForm } from './canonical.ts'
import { checkArchitecture } from './check.ts'
import { childNetwork } from './child.ts'
import { type Constraint, meets } from './constraint.ts'
import { type SpaceDefinition, resolve } from './definition.ts'
import { firstValue } from './domain.ts'
import type { Expression } from './expression.ts'
import { limitSpace } from './limit.ts'
import { parseArchitecture } from './parse.ts'
import { printArchitecture } from './print.ts'
import { countArchitectures } from './size.ts'
import type { Tree } from './tree.ts'
import type { Architecture, Hyperparameters, SearchSpace } from './types.ts'
import { sampleUniformly } from './uniform.ts'
import { verifyDefinition } from './verify.ts'
import { crossoverArchitectures, enumerateArchitectures, mutateArchitecture, neighbourArchitectures, sampleArchitecture } from './vary.ts'
import { Walk } from './walk.ts'

export interface SpaceOptions {
  /** Settings of training that are searched with the architecture, or fixed by the space: `{ learningRate: float('learningRate', 0.01, 0.3, { log: true }) }`. */
  readonly hyperparameters?: Readonly<Record<string, Expression>>
  /** One sentence on what the space holds. */
  readonly summary?: string
  /** Every architecture meets these; `size` counts without them. */
  readonly constraints?: readonly Constraint[]
  /** Foreign notations that `parse` takes, too: each gives the space's own string, or undefined. */
  readonly notations?: readonly ((text: string) => string | undefined)[]
}

/**
 * A search space from a tree of layers with decisions in it. Everything that strategies, weight sharing, strings, costs and pages need comes from
 * walking that one tree.
 *
 * @throws SpaceError when two decisions have one path, or a condition or count cannot be decided
 * @example space('small', sequence(conv(choice('width', [16, 32]), 3), relu(), globalPool(), dense('classes')))
 */
export function space(name: string, root: Tree, options: SpaceOptions = {}): SearchSpace {
  const { hyperparameters = {}, summary = '', constraints = [], notations = [] } = options
  const definition: SpaceDefinition = { name, summary, root, hyperparameters, constraints, notations }
  verifyDefinition(definition)
  const whole = fromDefinition(definition)
  if (constraints.length === 0) return whole
  const message = constraints.map((constraint) => constraint.message).join(' ')
  return limitSpace(whole, { accepts: (architecture) => constraints.every((constraint) => meets(constraint, architecture)), message })
}

/** A space's operations over its definition, constraints aside. */
export function fromDefinition(definition: SpaceDefinition): SearchSpace {
  let size: { readonly value: bigint | undefined } | undefined
  const child: SearchSpace['child'] = (architecture, context) => childNetwork(definition, architecture, context)
  return {
    name: definition.name,
    summary: definition.summary,
    definition,
    get size() {
      size ??= { value: countArchitectures(definition) }
      return size.value
    },
    decisions: (architecture = {}) => resolve(definition, (decision) => architecture[decision.path] ?? firstValue(decision)).decisions,
    build: (decide) => resolve(definition, decide).architecture,
    sample: (random) => sampleArchitecture(definition, random),
    sampleUniform: (random) => sampleUniformly(definition, random),
    enumerate: () => enumerateArchitectures(definition),
    print: (architecture) => printArchitecture(architecture),
    parse: (text) => parseArchitecture(definition, text),
    check: (architecture) => checkArchitecture(definition, architecture),
    neighbours: (architecture) => neighbourArchitectures(definition, architecture),
    mutate: (architecture, random) => mutateArchitecture(definition, architecture, random),
    crossover: (a, b, random) => crossoverArchitectures(definition, a, b, random),
    graph: (architecture) => architectureGraph(definition, architecture),
    canonical: (architecture) => canonicalForm(definition, architecture, hyperparametersOf(definition, architecture)),
    child,
    hyperparameters: (architecture) => hyperparametersOf(definition, architecture),
    cost: (architecture, context) => networkCost(child(architecture, context)),
  }
}

function hyperparametersOf(definition: SpaceDefinition, architecture: Architecture): Hyperparameters {
  const walk = new Walk<undefined>({
    decide: (decision) => architecture[decision.path] ?? firstValue(decision),
    size: () => Number.NaN,
    layer: () => undefined,
    merge: () => undefined,
    adapt: () => undefined,
  })
  return Object.fromEntries(
    Object.entries(definition.hyperparameters).map(([name, expression]) => [name, walk.value(expression) as number | string]),
  )
}
