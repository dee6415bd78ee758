import { valuesOf } from './domain.ts'
import { apply, type Expression, toDecision, type Value } from './expression.ts'
import { SpaceError } from './error.ts'

/**
 * All values that a count or a condition can have in a round of a repeat, whatever else is decided.
 *
 * @throws SpaceError when it depends on a real number
 */
export function possibleValues(expression: Expression, index: number | undefined): readonly Value[] {
  if (typeof expression !== 'object') return [expression]
  switch (expression.kind) {
    case 'index':
      return [index as number]
    case 'operation': {
      let tuples: (readonly Value[])[] = [[]]
      for (const operand of expression.operands) {
        const each = possibleValues(operand, index)
        tuples = tuples.flatMap((values) => each.map((value) => [...values, value]))
      }
      return distinct(tuples.map((values) => apply(expression.operation, values)))
    }
    case 'if':
      return distinct(
        possibleValues(expression.condition, index).flatMap((holds) =>
          possibleValues(holds === true ? expression.met : expression.otherwise, index),
        ),
      )
    case 'shared':
      return possibleValues(expression.decision, index)
    default: {
      const values = valuesOf(toDecision(expression, expression.name))
      if (values === undefined)
        throw new SpaceError(`A condition or a count depends on the real number "${expression.name}": take an int or a choice of numbers.`)
      return values as readonly Value[]
    }
  }
}

const distinct = (values: readonly Value[]): readonly Value[] => [...new Set(values)]
