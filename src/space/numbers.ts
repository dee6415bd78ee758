import { SpaceError } from './error.ts'
import type { DecisionExpression, Expression, ExpressionNode, Operation } from './expression.ts'

/** A decision among whole numbers, `from` and `to` included. */
export function int(name: string, from: number, to: number, options: { readonly step?: number } = {}): DecisionExpression {
  const { step = 1 } = options
  if (![from, to, step].every(Number.isInteger) || from > to || step < 1)
    throw new SpaceError(`int("${name}", ${from}, ${to}) wants whole numbers, from ≤ to, and a step of 1 or more.`)
  return { kind: 'int', name, from, to: from + Math.floor((to - from) / step) * step, step }
}

/** A decision among real numbers, `from` and `to` included; `log` makes factors equally likely instead of differences. */
export function float(name: string, from: number, to: number, options: { readonly log?: boolean } = {}): DecisionExpression {
  const { log = false } = options
  if (!Number.isFinite(from) || !Number.isFinite(to) || from > to || (log && from <= 0))
    throw new SpaceError(`float("${name}", ${from}, ${to}) wants finite numbers, from ≤ to${log ? ', both above 0 for a log scale' : ''}.`)
  return { kind: 'float', name, from, to, log }
}

/** Index, from 0, of the innermost repeat around the place: `when(equals(index(), 0), 2, 1)` is a stride for the first of a stage. */
export function index(): ExpressionNode {
  return { kind: 'index' }
}

const operation =
  (name: Operation) =>
  (...operands: readonly Expression[]): ExpressionNode => ({ kind: 'operation', operation: name, operands })

type Binary = (a: Expression, b: Expression) => ExpressionNode

export const plus: Binary = operation('plus')
export const minus: Binary = operation('minus')
export const times: Binary = operation('times')
export const divide: Binary = operation('divide')
export const power: Binary = operation('power')
export const minimum: Binary = operation('minimum')
export const maximum: Binary = operation('maximum')
/** `a` to the nearest multiple of `b`, at least one `b`. */
export const roundTo: Binary = operation('roundTo')
/** `a` to the nearest multiple of `b`, at least one `b` and nine tenths of `a`: how the MobileNets round widths. */
export const roundWidth: Binary = operation('roundWidth')
export const equals: Binary = operation('equals')
export const lessThan: Binary = operation('lessThan')
export const atMost: Binary = operation('atMost')
export const and: Binary = operation('and')
export const or: Binary = operation('or')
export const not: (a: Expression) => ExpressionNode = operation('not')
