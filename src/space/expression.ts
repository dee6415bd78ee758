import { SpaceError } from './error.ts'
import type { Decision, DecisionValue } from './types.ts'

/**
 * A number, word or truth that stands in a layer's field, a repeat's count or a condition. It is data: constants, decisions, arithmetic, comparison.
 * The words 'same' (channels at the place), 'classes' (outputs of the network) and 'part' (channels of the node around the place, in a graph whose
 * channels are divided) are sizes.
 */
export type Expression = number | string | boolean | ExpressionNode

export type ExpressionNode =
  | { readonly kind: 'int'; readonly name: string; readonly from: number; readonly to: number; readonly step: number }
  | { readonly kind: 'float'; readonly name: string; readonly from: number; readonly to: number; readonly log: boolean }
  | { readonly kind: 'numbers'; readonly name: string; readonly values: readonly number[] }
  | { readonly kind: 'words'; readonly name: string; readonly values: readonly string[] }
  /** Index, from 0, of the innermost repeat around the place. */
  | { readonly kind: 'index' }
  | { readonly kind: 'operation'; readonly operation: Operation; readonly operands: readonly Expression[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly met: Expression; readonly otherwise: Expression }
  /** One decision for all places that name it. */
  | { readonly kind: 'shared'; readonly name: string; readonly decision: DecisionExpression }

export type DecisionExpression = Extract<ExpressionNode, { readonly name: string; readonly kind: 'int' | 'float' | 'numbers' | 'words' }>

type SizeWord = 'same' | 'classes' | 'part'

const isSize = (expression: Expression): expression is SizeWord =>
  expression === 'same' || expression === 'classes' || expression === 'part'

export type Value = number | string | boolean

const operations = {
  plus: (a: number, b: number) => a + b,
  minus: (a: number, b: number) => a - b,
  times: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  power: (a: number, b: number) => a ** b,
  minimum: (a: number, b: number) => Math.min(a, b),
  maximum: (a: number, b: number) => Math.max(a, b),
  /** `a` to the nearest multiple of `b`, at least one. */
  roundTo: (a: number, b: number) => Math.max(1, Math.round(a / b)) * b,
  /** The same, one more where that is less than nine tenths of `a`. */
  roundWidth: (a: number, b: number) => {
    const rounded = Math.max(1, Math.round(a / b)) * b
    return rounded < 0.9 * a ? rounded + b : rounded
  },
  equals: (a: Value, b: Value) => a === b,
  lessThan: (a: number, b: number) => a < b,
  atMost: (a: number, b: number) => a <= b,
  and: (a: boolean, b: boolean) => a && b,
  or: (a: boolean, b: boolean) => a || b,
  not: (a: boolean) => !a,
} as const

export type Operation = keyof typeof operations

/** What an expression needs to have a value. */
export interface Scope {
  /** Value of a decision; `shared` ones have the same path everywhere. */
  decide(decision: DecisionExpression, shared: boolean): DecisionValue
  size(word: SizeWord): number
  readonly index: number | undefined
}

/** The value of an expression; only the branch taken of an `if` is visited. */
export function evaluate(expression: Expression, scope: Scope): Value {
  if (isSize(expression)) return scope.size(expression)
  if (typeof expression !== 'object') return expression
  switch (expression.kind) {
    case 'index':
      if (scope.index === undefined) throw new SpaceError('index() stands outside of every repeat: put it into the body of a repeat.')
      return scope.index
    case 'operation':
      return apply(
        expression.operation,
        expression.operands.map((operand) => evaluate(operand, scope)),
      )
    case 'if':
      return evaluate(evaluate(expression.condition, scope) === true ? expression.met : expression.otherwise, scope)
    case 'shared':
      return scope.decide(expression.decision, true) as Value
    default:
      return scope.decide(expression, false) as Value
  }
}

/** Carries out one operation on values. */
export function apply(operation: Operation, values: readonly Value[]): Value {
  return (operations[operation] as (...values: readonly Value[]) => Value)(...values)
}

/** The decision that an expression stands for, at a path, as strategies see it. */
export function toDecision(expression: DecisionExpression, path: string): Decision {
  switch (expression.kind) {
    case 'int':
      return { path, kind: 'integer', from: expression.from, to: expression.to, step: expression.step }
    case 'float':
      return { path, kind: 'float', from: expression.from, to: expression.to, log: expression.log }
    case 'numbers':
      return { path, kind: 'number', values: expression.values }
    case 'words':
      return { path, kind: 'choice', alternatives: expression.values }
  }
}

/** Whether a size word ('same', 'classes', 'part') is part of the expression; conditions may not hold one, for decisions must not depend on the data. */
export function holdsSize(expression: Expression): boolean {
  if (isSize(expression)) return true
  if (typeof expression !== 'object') return false
  if (expression.kind === 'operation') return expression.operands.some(holdsSize)
  if (expression.kind === 'if') return [expression.condition, expression.met, expression.otherwise].some(holdsSize)
  return false
}

/** Whether a decision is part of the expression. */
export function holdsDecision(expression: Expression): boolean {
  if (typeof expression !== 'object' || expression.kind === 'index') return false
  if (expression.kind === 'operation') return expression.operands.some(holdsDecision)
  if (expression.kind === 'if') return [expression.condition, expression.met, expression.otherwise].some(holdsDecision)
  return true
}

/** All shared decisions that an expression holds. */
export function sharedIn(expression: Expression): readonly string[] {
  if (typeof expression !== 'object') return []
  if (expression.kind === 'shared') return [expression.name]
  if (expression.kind === 'operation') return expression.operands.flatMap(sharedIn)
  if (expression.kind === 'if') return [expression.condition, expression.met, expression.otherwise].flatMap(sharedIn)
  return []
}

/** Whether the round of a repeat is part of the expression. */
export function holdsIndex(expression: Expression): boolean {
  if (typeof expression !== 'object') return false
  if (expression.kind === 'operation') return expression.operands.some(holdsIndex)
  if (expression.kind === 'if') return [expression.condition, expression.met, expression.otherwise].some(holdsIndex)
  return expression.kind === 'index'
}
