import { sampleValue, valueCount, valuesOf } from './domain.ts'
import { apply, type DecisionExpression, type Expression, toDecision, type Value } from './expression.ts'
import type { SpaceDefinition } from './definition.ts'
import { SpaceError } from './error.ts'
import { testedInDefinition } from './tested.ts'
import type { GraphTree, Inputs, Tree } from './tree.ts'
import type { DecisionValue } from './types.ts'
import { type Place, sharedScope } from './walk.ts'
import { group, multiply, ONE, oneOf, product, sum, type Take, type Ways, ways } from './ways.ts'
import { inputsDecisions } from './wiring.ts'

/** Where the count stands: prefix of decisions' paths, round of the repeat around. */
type Spot = Pick<Place, 'scope' | 'index'>

class Uncountable extends Error {}

/**
 * Exact number of architectures, constraints aside; undefined when a real number makes them uncountable. Does not enumerate them.
 *
 * @param levels counts each real number as so many values: the size of a grid
 */
export function countArchitectures(definition: SpaceDefinition, levels?: number): bigint | undefined {
  try {
    return allWays(definition, levels).count
  } catch (error) {
    if (error instanceof Uncountable) return undefined
    throw error
  }
}

/** All ways to decide everything in a space: their number, and one of them at random. */
export function allWays(definition: SpaceDefinition, levels: number | undefined): { readonly count: bigint; readonly take: Take } {
  const counter = new Counter(definition, levels)
  const root: Spot = { scope: '', index: undefined }
  const parts = [
    counter.tree(definition.root, root),
    ...Object.values(definition.hyperparameters).map((expression) => counter.field(expression, root)),
  ]
  const closed = counter.close(product(parts))
  return { count: closed.reduce((total, { count }) => total + count, 0n), take: oneOf(closed) }
}

class Counter {
  /** Shared decisions on whose value other decisions depend: counted value by value. */
  readonly #tested: ReadonlySet<string>
  readonly #bodies = new Map<string, readonly Ways[]>()
  readonly #levels: number | undefined

  constructor(definition: SpaceDefinition, levels: number | undefined) {
    this.#levels = levels
    this.#tested = testedInDefinition(definition)
  }

  tree(tree: Tree, spot: Spot): readonly Ways[] {
    const { scope, index } = spot
    switch (tree.kind) {
      case 'layer':
        return product(Object.values(tree.fields).map((field) => this.field(field, spot)))
      case 'sequence':
        return product(tree.items.map((item) => this.tree(item, spot)))
      case 'scope':
        return this.tree(tree.body, { scope: `${scope}${tree.name}/`, index })
      case 'choice': {
        const path = scope + tree.name
        const alternatives = Object.entries(tree.alternatives).map(([name, alternative]) =>
          multiply(fixed(path, name), this.tree(alternative, { scope: `${path}=${name}/`, index })),
        )
        return multiply(sum(alternatives), tree.channels === undefined ? ONE : this.field(tree.channels, spot))
      }
      case 'repeat': {
        const round = (i: number): readonly Ways[] => this.tree(tree.body, { scope: `${scope}${tree.name}/${i}/`, index: i })
        return sum(
          [...this.outcomes(tree.times, spot)].map(([count, ways]) =>
            multiply(ways, product(Array.from({ length: count as number }, (_, i) => round(i)))),
          ),
        )
      }
      case 'stack':
        return product(tree.cells.map((cell, i) => this.tree(cell, { scope: `${scope}${tree.name}/${i}/`, index })))
      case 'parallel':
        return product(
          tree.branches.map(({ name, tree: branch }) => this.tree(branch, { scope: tree.scoped ? `${scope}${name}/` : scope, index })),
        )
      case 'graph':
        return this.#graph(tree, spot)
      case 'when':
        return sum(
          [...this.outcomes(tree.condition, spot)].map(([holds, ways]) =>
            multiply(ways, this.tree(holds === true ? tree.met : tree.otherwise, spot)),
          ),
        )
      case 'shared':
        if (!this.#bodies.has(tree.name)) this.#bodies.set(tree.name, this.tree(tree.body, { scope: sharedScope(tree), index }))
        return open(tree.name)
    }
  }

  #graph(tree: GraphTree, { scope, index }: Spot): readonly Ways[] {
    const nodes = tree.nodes.map((node) => {
      const spot = { scope: `${scope}${node.name}/`, index }
      const body = node.body ? this.tree(node.body, spot) : ONE
      return multiply(body, this.#reads(node.inputs, node.edges, spot))
    })
    return product(
      tree.output.kind === 'inputs' ? [...nodes, this.#reads(tree.output, undefined, { scope: `${scope}output/`, index })] : nodes,
    )
  }

  /** Ways to take sources together with what stands on their edges: by the number taken, source by source. */
  #reads(inputs: Inputs, edges: Readonly<Record<string, Tree>> | undefined, spot: Spot): readonly Ways[] {
    const edge = (source: string): readonly Ways[] => (edges?.[source] ? this.tree(edges[source], spot) : ONE)
    const always = product(inputs.always.map(edge))
    const [decision] = inputsDecisions(inputs, spot.scope)
    if (inputs.count === 'any') {
      const each = inputs.from.map((source) =>
        sum([fixed(spot.scope + source, 'no'), multiply(fixed(spot.scope + source, 'yes'), edge(source))]),
      )
      return multiply(always, product(each))
    }
    const [least, most] = inputs.count
    if (decision === undefined) return multiply(always, product(inputs.from.slice(0, least).map(edge)))
    let byTaken: (readonly Ways[])[] = [fixed(decision.path, [])]
    inputs.from.forEach((source, at) => {
      const taking = multiply(
        ways(1n, (_, into) => into.set(decision.path, [...(into.get(decision.path) as number[]), at])),
        edge(source),
      )
      byTaken = Array.from({ length: byTaken.length + 1 }, (_, k) => sum([byTaken[k] ?? [], multiply(byTaken[k - 1] ?? [], taking)]))
    })
    return multiply(always, sum(byTaken.slice(least, most + 1)))
  }

  /** Ways to decide what a field holds. */
  field(expression: Expression, spot: Spot): readonly Ways[] {
    if (typeof expression !== 'object') return ONE
    switch (expression.kind) {
      case 'index':
        return ONE
      case 'operation':
        return product(expression.operands.map((operand) => this.field(operand, spot)))
      case 'if':
        return sum(
          [...this.outcomes(expression.condition, spot)].map(([holds, ways]) =>
            multiply(ways, this.field(holds === true ? expression.met : expression.otherwise, spot)),
          ),
        )
      case 'shared':
        if (this.#tested.has(expression.name)) return sum([...this.outcomes(expression, spot).values()])
        this.#bodies.set(expression.name, this.#number(expression.decision, expression.name))
        return open(expression.name)
      default:
        return this.#number(expression, spot.scope + expression.name)
    }
  }

  #number(expression: DecisionExpression, path: string): Ways[] {
    const decision = toDecision(expression, path)
    const count = valueCount(decision) ?? (this.#levels === undefined ? undefined : BigInt(this.#levels))
    if (count === undefined) throw new Uncountable()
    return ways(count, (random, into) => into.set(path, sampleValue(decision, random)))
  }

  /** The values that an expression can have, each with the ways to it. */
  outcomes(expression: Expression, spot: Spot): Map<Value, readonly Ways[]> {
    if (typeof expression !== 'object') return new Map([[expression, ONE]])
    switch (expression.kind) {
      case 'index':
        return new Map([[spot.index as number, ONE]])
      case 'operation': {
        let tuples: { readonly values: readonly Value[]; readonly ways: readonly Ways[] }[] = [{ values: [], ways: ONE }]
        for (const operand of expression.operands) {
          const each = [...this.outcomes(operand, spot)]
          tuples = tuples.flatMap(({ values, ways }) =>
            each.map(([value, more]) => ({ values: [...values, value], ways: multiply(ways, more) })),
          )
        }
        return group(tuples.map(({ values, ways }) => [apply(expression.operation, values), ways]))
      }
      case 'if':
        return group(
          [...this.outcomes(expression.condition, spot)].flatMap(([holds, ways]) =>
            [...this.outcomes(holds === true ? expression.met : expression.otherwise, spot)].map(([value, more]): [Value, Ways[]] => [
              value,
              multiply(ways, more),
            ]),
          ),
        )
      case 'shared':
        return new Map(
          valuesIn(expression.decision).map((value) => [
            value,
            [{ ...fixed(expression.name, value as DecisionValue)[0], shared: new Map([[expression.name, { value }]]) }],
          ]),
        )
      default:
        return new Map(valuesIn(expression).map((value) => [value, fixed(spot.scope + expression.name, value as DecisionValue)]))
    }
  }

  /** The ways multiplied by those to decide the shared parts that are active in them. */
  close(some: readonly Ways[]): readonly Ways[] {
    return some.flatMap((way) => {
      const name = [...way.shared].find(([, mark]) => mark === 'any')?.[0]
      if (name === undefined) return way
      const closed: Ways = { ...way, shared: new Map(way.shared).set(name, 'counted') }
      return this.close(multiply([closed], this.#bodies.get(name) as readonly Ways[]))
    })
  }
}

/** The one way to have a decision at a value. */
const fixed = (path: string, value: DecisionValue): Ways[] => ways(1n, (_, into) => into.set(path, value))

/** The ways of a shared part or decision, to be counted once in the end. */
const open = (name: string): Ways[] => [{ ...ONE[0], shared: new Map([[name, 'any']]) }]

function valuesIn(decision: DecisionExpression): readonly Value[] {
  const values = valuesOf(toDecision(decision, decision.name))
  if (values === undefined)
    throw new SpaceError(`A condition or a count depends on the real number "${decision.name}": take an int or a choice of numbers.`)
  return values as readonly Value[]
}
