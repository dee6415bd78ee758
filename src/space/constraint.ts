import { evaluate, type Expression } from './expression.ts'
import type { Architecture } from './types.ts'

/** A condition on shared decisions that every architecture of the space must meet. */
export interface Constraint {
  readonly condition: Expression
  /** What is wrong when it does not hold, as a sentence. */
  readonly message: string
}

/** Every architecture must meet the condition, which may hold shared decisions only. One that is not active in an architecture leaves the constraint met. */
export function constraint(condition: Expression, message: string): Constraint {
  return { condition, message }
}

class Inactive extends Error {}

/** Whether an architecture meets a constraint. */
export function meets(constraint: Constraint, architecture: Architecture): boolean {
  try {
    const value = evaluate(constraint.condition, {
      index: undefined,
      size: () => Number.NaN,
      decide({ name }) {
        const value = architecture[name]
        if (value === undefined) throw new Inactive()
        return value
      },
    })
    return value === true
  } catch (error) {
    if (error instanceof Inactive) return true
    throw error
  }
}
