import { valuesOf } from './domain.ts'
import { SpaceError } from './error.ts'
import { apply, type DecisionExpression, type Expression, toDecision, type Value } from './expression.ts'
import type { Decision } from './types.ts'

/** What depends on some decisions: a value for each combination of theirs, the last decision changing fastest. */
export interface Outcomes<V> {
  readonly decisions: readonly Decision[]
  readonly values: readonly V[]
}

export const always = <V>(value: V): Outcomes<V> => ({ decisions: [], values: [value] })

/** Values of a decision that can be listed. @throws SpaceError for a real number */
export function listed(decision: Decision): readonly Value[] {
  const values = valuesOf(decision)
  if (values === undefined)
    throw new SpaceError(`The decision "${decision.path}" is a real number, which shared weights cannot hold: make it a choice of numbers.`)
  return values as readonly Value[]
}

/** Combines what depends on decisions; a decision that several depend on has one value in all of them. */
export function combine<A, V>(parts: readonly Outcomes<A>[], join: (values: readonly A[]) => V): Outcomes<V> {
  const decisions = [...new Map(parts.flatMap((part) => part.decisions).map((decision) => [decision.path, decision])).values()]
  const sizes = decisions.map((decision) => listed(decision).length)
  const total = sizes.reduce((product, size) => product * size, 1)
  const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1))
  const places = new Map(decisions.map((decision, i) => [decision.path, i]))
  const valueAt = (part: Outcomes<A>, at: number): A =>
    part.values[
      part.decisions.reduce((index, decision) => {
        const i = places.get(decision.path) as number
        return index * sizes[i] + (Math.floor(at / strides[i]) % sizes[i])
      }, 0)
    ]
  return { decisions, values: Array.from({ length: total }, (_, at) => join(parts.map((part) => valueAt(part, at)))) }
}

/** The same without the decisions on which nothing depends. */
export function reduced<V>(whole: Outcomes<V>): Outcomes<V> {
  const sizes = whole.decisions.map((decision) => listed(decision).length)
  for (const [i, size] of sizes.entries()) {
    const stride = sizes.slice(i + 1).reduce((product, other) => product * other, 1)
    const base = (at: number): number => at - (Math.floor(at / stride) % size) * stride
    if (!whole.values.every((value, at) => value === whole.values[base(at)])) continue
    const decisions = whole.decisions.filter((_, place) => place !== i)
    return reduced({ decisions, values: whole.values.filter((_, at) => base(at) === at) })
  }
  return whole
}

/** What is left when a decision has a value. */
export function given<V>(whole: Outcomes<V>, path: string, value: Value): Outcomes<V> {
  const place = whole.decisions.findIndex((decision) => decision.path === path)
  if (place < 0) return whole
  const sizes = whole.decisions.map((decision) => listed(decision).length)
  const stride = sizes.slice(place + 1).reduce((product, other) => product * other, 1)
  const wanted = listed(whole.decisions[place]).indexOf(value)
  return {
    decisions: whole.decisions.filter((_, i) => i !== place),
    values: whole.values.filter((_, at) => Math.floor(at / stride) % sizes[place] === wanted),
  }
}

/** The one value of what depends on no decision, or has the same value whatever they are. */
export const onlyValue = <V>({ values }: Outcomes<V>): V | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined

/** What an expression needs to have outcomes at a place. */
export interface OutcomeScope {
  readonly index: number | undefined
  path(decision: DecisionExpression, shared: boolean): string
  size(word: 'same' | 'classes'): Outcomes<Value>
}

/** All values that an expression can have, by the decisions in it. */
export function outcomes(expression: Expression, scope: OutcomeScope): Outcomes<Value> {
  if (expression === 'same' || expression === 'classes') return scope.size(expression)
  if (typeof expression !== 'object') return always(expression)
  switch (expression.kind) {
    case 'index':
      return always(scope.index as number)
    case 'operation':
      return combine(
        expression.operands.map((operand) => outcomes(operand, scope)),
        (values) => apply(expression.operation, values),
      )
    case 'if':
      return combine(
        [expression.condition, expression.met, expression.otherwise].map((part) => outcomes(part, scope)),
        ([holds, met, otherwise]) => (holds === true ? met : otherwise),
      )
    case 'shared':
      return decided(expression.decision, scope, true)
    default:
      return decided(expression, scope, false)
  }
}

function decided(expression: DecisionExpression, scope: OutcomeScope, shared: boolean): Outcomes<Value> {
  const decision = toDecision(expression, scope.path(expression, shared))
  return { decisions: [decision], values: listed(decision) }
}
