import { apply, type DecisionExpression, type Expression, toDecision, type Value } from './expression.ts'
import { valueCount, valuesOf } from './domain.ts'
import type { SpaceDefinition } from './definition.ts'
import { SpaceError } from './error.ts'
import type { GraphTree, Inputs, Tree } from './tree.ts'
import { inputsDecision } from './walk.ts'

/** How a shared name takes part in a number of ways: as any of its values, as one fixed value, or counted already. */
type Mark = 'any' | 'counted' | { readonly value: Value }

/** So many ways to decide what is private, with the shared names that are active in them. */
interface Ways {
  readonly count: bigint
  readonly shared: ReadonlyMap<string, Mark>
}

class Uncountable extends Error {}

const NONE: ReadonlyMap<string, Mark> = new Map()
const times = (count: bigint): Ways[] => [{ count, shared: NONE }]
const ONE = times(1n)

/**
 * Exact number of architectures, constraints aside; undefined when a real number makes them uncountable. Does not enumerate them.
 *
 * @param levels counts each real number as so many values: the size of a grid
 */
export function countArchitectures(definition: SpaceDefinition, levels?: number): bigint | undefined {
  try {
    const counter = new Counter(definition, levels)
    const parts = [
      counter.tree(definition.root, undefined),
      ...Object.values(definition.hyperparameters).map((expression) => counter.field(expression, undefined)),
    ]
    return counter.total(product(parts))
  } catch (error) {
    if (error instanceof Uncountable) return undefined
    throw error
  }
}

class Counter {
  /** Shared decisions on whose value other decisions depend: counted value by value. */
  readonly #tested: ReadonlySet<string>
  readonly #bodies = new Map<string, Ways[]>()

  readonly #levels: number | undefined

  constructor(definition: SpaceDefinition, levels: number | undefined) {
    this.#levels = levels
    this.#tested = new Set([definition.root].flatMap(testedNames).concat(Object.values(definition.hyperparameters).flatMap(testedInField)))
  }

  tree(tree: Tree, index: number | undefined): Ways[] {
    switch (tree.kind) {
      case 'layer':
        return product(Object.values(tree.fields).map((field) => this.field(field, index)))
      case 'sequence':
        return product(tree.items.map((item) => this.tree(item, index)))
      case 'scope':
        return this.tree(tree.body, index)
      case 'choice':
        return multiply(
          sum(Object.values(tree.alternatives).map((alternative) => this.tree(alternative, index))),
          tree.channels === undefined ? ONE : this.field(tree.channels, index),
        )
      case 'repeat':
        return sum(
          [...this.outcomes(tree.times, index)].map(([count, ways]) =>
            multiply(ways, product(Array.from({ length: count as number }, (_, i) => this.tree(tree.body, i)))),
          ),
        )
      case 'parallel':
        return product(tree.branches.map((branch) => this.tree(branch.tree, index)))
      case 'graph':
        return this.#graph(tree, index)
      case 'when':
        return sum(
          [...this.outcomes(tree.condition, index)].map(([holds, ways]) =>
            multiply(ways, this.tree(holds === true ? tree.met : tree.otherwise, index)),
          ),
        )
      case 'shared':
        if (!this.#bodies.has(tree.name)) this.#bodies.set(tree.name, this.tree(tree.body, index))
        return [{ count: 1n, shared: new Map([[tree.name, 'any']]) }]
    }
  }

  #graph(tree: GraphTree, index: number | undefined): Ways[] {
    const nodes = tree.nodes.map((node) => {
      const body = node.body ? this.tree(node.body, index) : ONE
      return multiply(body, this.#reads(node.inputs, node.edges, index))
    })
    return product(tree.output.kind === 'inputs' ? [...nodes, this.#reads(tree.output, undefined, index)] : nodes)
  }

  /** Ways to take sources together with what stands on their edges: by the number taken, source by source. */
  #reads(inputs: Inputs, edges: Readonly<Record<string, Tree>> | undefined, index: number | undefined): Ways[] {
    const edge = (source: string): Ways[] => (edges?.[source] ? this.tree(edges[source], index) : ONE)
    const fixed = product(inputs.always.map(edge))
    const [least, most] = inputs.count
    if (inputsDecision(inputs, '') === undefined) return multiply(fixed, product(inputs.from.slice(0, least).map(edge)))
    let byTaken: Ways[][] = [ONE]
    for (const source of inputs.from) {
      const ways = edge(source)
      byTaken = Array.from({ length: byTaken.length + 1 }, (_, k) => sum([byTaken[k] ?? [], multiply(byTaken[k - 1] ?? [], ways)]))
    }
    return multiply(fixed, sum(byTaken.slice(least, most + 1)))
  }

  /** Ways to decide what a field holds. */
  field(expression: Expression, index: number | undefined): Ways[] {
    if (typeof expression !== 'object') return ONE
    switch (expression.kind) {
      case 'index':
        return ONE
      case 'operation':
        return product(expression.operands.map((operand) => this.field(operand, index)))
      case 'if':
        return sum(
          [...this.outcomes(expression.condition, index)].map(([holds, ways]) =>
            multiply(ways, this.field(holds === true ? expression.met : expression.otherwise, index)),
          ),
        )
      case 'shared':
        if (this.#tested.has(expression.name)) return sum([...this.outcomes(expression, index).values()])
        this.#bodies.set(expression.name, times(this.#count(expression.decision)))
        return [{ count: 1n, shared: new Map([[expression.name, 'any']]) }]
      default:
        return times(this.#count(expression))
    }
  }

  #count(decision: DecisionExpression): bigint {
    const count = valueCount(toDecision(decision, decision.name)) ?? (this.#levels === undefined ? undefined : BigInt(this.#levels))
    if (count === undefined) throw new Uncountable()
    return count
  }

  /** The values that an expression can have, each with the ways to it. */
  outcomes(expression: Expression, index: number | undefined): Map<Value, Ways[]> {
    if (typeof expression !== 'object') return new Map([[expression, ONE]])
    switch (expression.kind) {
      case 'index':
        return new Map([[index as number, ONE]])
      case 'operation': {
        let tuples: { readonly values: readonly Value[]; readonly ways: Ways[] }[] = [{ values: [], ways: ONE }]
        for (const operand of expression.operands) {
          const each = [...this.outcomes(operand, index)]
          tuples = tuples.flatMap(({ values, ways }) =>
            each.map(([value, more]) => ({ values: [...values, value], ways: multiply(ways, more) })),
          )
        }
        return group(tuples.map(({ values, ways }) => [apply(expression.operation, values), ways]))
      }
      case 'if':
        return group(
          [...this.outcomes(expression.condition, index)].flatMap(([holds, ways]) =>
            [...this.outcomes(holds === true ? expression.met : expression.otherwise, index)].map(([value, more]): [Value, Ways[]] => [
              value,
              multiply(ways, more),
            ]),
          ),
        )
      case 'shared':
        return new Map(
          valuesIn(expression.decision).map((value) => [
            value,
            [{ count: 1n, shared: new Map<string, Mark>([[expression.name, { value }]]) }],
          ]),
        )
      default:
        return new Map(valuesIn(expression).map((value) => [value, ONE]))
    }
  }

  /** Sum of all ways, each multiplied by the ways to decide the shared parts that are active in it. */
  total(ways: readonly Ways[]): bigint {
    return ways.reduce((total, { count, shared }) => {
      const open = [...shared].find(([, mark]) => mark === 'any')
      if (open === undefined) return total + count
      const closed: Ways = { count, shared: new Map(shared).set(open[0], 'counted') }
      return total + this.total(multiply([closed], this.#bodies.get(open[0]) as Ways[]))
    }, 0n)
  }
}

function valuesIn(decision: DecisionExpression): readonly Value[] {
  const values = valuesOf(toDecision(decision, decision.name))
  if (values === undefined)
    throw new SpaceError(`A condition or a count depends on the real number "${decision.name}": take an int or a choice of numbers.`)
  return values as readonly Value[]
}

function multiply(a: readonly Ways[], b: readonly Ways[]): Ways[] {
  return gather(
    a.flatMap((first) =>
      b.flatMap((second) => {
        const shared = unite(first.shared, second.shared)
        return shared ? [{ count: first.count * second.count, shared }] : []
      }),
    ),
  )
}

/** The marks of both; undefined when they fix a name to different values. */
function unite(a: ReadonlyMap<string, Mark>, b: ReadonlyMap<string, Mark>): ReadonlyMap<string, Mark> | undefined {
  if (a.size === 0) return b
  if (b.size === 0) return a
  const marks = new Map(a)
  for (const [name, mark] of b) {
    const known = marks.get(name)
    if (known === undefined || mark === 'counted') marks.set(name, mark)
    else if (typeof known === 'object' && typeof mark === 'object' && known.value !== mark.value) return undefined
  }
  return marks
}

const product = (factors: readonly (readonly Ways[])[]): Ways[] => factors.reduce<Ways[]>((all, factor) => multiply(all, factor), ONE)
const sum = (terms: readonly (readonly Ways[])[]): Ways[] => gather(terms.flat())

/** Adds up the ways that have the same marks. */
function gather(ways: readonly Ways[]): Ways[] {
  if (ways.length === 1) return [...ways]
  const byMarks = new Map<string, Ways>()
  for (const way of ways) {
    const key = way.shared.size === 0 ? '' : JSON.stringify([...way.shared].sort(([a], [b]) => (a < b ? -1 : 1)))
    byMarks.set(key, { shared: way.shared, count: (byMarks.get(key)?.count ?? 0n) + way.count })
  }
  return [...byMarks.values()]
}

function group(outcomes: readonly (readonly [Value, Ways[]])[]): Map<Value, Ways[]> {
  const grouped = new Map<Value, Ways[]>()
  for (const [value, ways] of outcomes) grouped.set(value, sum([grouped.get(value) ?? [], ways]))
  return grouped
}

/** Shared decisions in conditions and counts. */
function testedNames(tree: Tree): readonly string[] {
  switch (tree.kind) {
    case 'layer':
      return Object.values(tree.fields).flatMap(testedInField)
    case 'sequence':
      return tree.items.flatMap(testedNames)
    case 'scope':
    case 'shared':
      return testedNames(tree.body)
    case 'choice':
      return Object.values(tree.alternatives).flatMap(testedNames)
    case 'repeat':
      return [...sharedIn(tree.times), ...testedNames(tree.body)]
    case 'parallel':
      return tree.branches.flatMap((branch) => testedNames(branch.tree))
    case 'graph':
      return tree.nodes.flatMap((node) => [...Object.values(node.edges ?? {}), ...(node.body ? [node.body] : [])].flatMap(testedNames))
    case 'when':
      return [...sharedIn(tree.condition), ...testedNames(tree.met), ...testedNames(tree.otherwise)]
  }
}

function testedInField(expression: Expression): readonly string[] {
  if (typeof expression !== 'object') return []
  if (expression.kind === 'operation') return expression.operands.flatMap(testedInField)
  if (expression.kind === 'if')
    return [...sharedIn(expression.condition), ...testedInField(expression.met), ...testedInField(expression.otherwise)]
  return []
}

/** All shared decisions that an expression holds. */
export function sharedIn(expression: Expression): readonly string[] {
  if (typeof expression !== 'object') return []
  if (expression.kind === 'shared') return [expression.name]
  if (expression.kind === 'operation') return expression.operands.flatMap(sharedIn)
  if (expression.kind === 'if') return [expression.condition, expression.met, expression.otherwise].flatMap(sharedIn)
  return []
}
