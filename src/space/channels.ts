import { apply, type Expression, type Value } from './expression.ts'
import type { Tree } from './tree.ts'

/**
 * Channels that a tree gives for so many channels at its input, when no decision has a say in it; undefined otherwise.
 * A choice among alternatives that differ gives the widest, for it brings the others there.
 */
export function fixedChannels(tree: Tree, input: number, classes: number): number | undefined {
  switch (tree.kind) {
    case 'layer':
      if (tree.layer === 'convolution' || tree.layer === 'take-channels') return fixedNumber(tree.fields.channels, input, classes)
      if (tree.layer === 'dense') return fixedNumber(tree.fields.units, input, classes)
      if (tree.layer === 'recurrent') return fixedNumber(tree.fields.units, input, classes)
      return tree.layer === 'flatten' || tree.layer === 'token-embedding' || tree.layer === 'column-embedding' ? undefined : input
    case 'sequence':
      return tree.items.reduce<number | undefined>(
        (channels, item) => (channels === undefined ? undefined : fixedChannels(item, channels, classes)),
        input,
      )
    case 'scope':
    case 'shared':
      return fixedChannels(tree.body, input, classes)
    case 'choice':
      return tree.channels === undefined
        ? commonChannels(Object.values(tree.alternatives), input, classes)
        : fixedNumber(tree.channels, input, classes)
    case 'repeat':
      return fixedChannels(tree.body, input, classes) === input ? input : undefined
    case 'parallel': {
      const widths = tree.branches.map((branch) => fixedChannels(branch.tree, input, classes))
      if (tree.merge === 'add') return widths[0]
      return widths.reduce((sum, width) => (sum === undefined || width === undefined ? undefined : sum + width), 0)
    }
    case 'when':
    case 'stack':
    case 'graph':
      return undefined
  }
}

/** The widest of the alternatives; undefined when a decision has a say in one of them. */
export function commonChannels(alternatives: readonly Tree[], input: number, classes: number): number | undefined {
  const widths = alternatives.map((tree) => fixedChannels(tree, input, classes))
  return widths.includes(undefined) ? undefined : Math.max(...(widths as number[]))
}

function fixedNumber(expression: Expression, same: number, classes: number): number | undefined {
  const value = fixedValue(expression, same, classes)
  return typeof value === 'number' ? value : undefined
}

function fixedValue(expression: Expression, same: number, classes: number): Value | undefined {
  if (expression === 'same') return same
  if (expression === 'classes') return classes
  if (typeof expression !== 'object') return expression
  if (expression.kind !== 'operation') return undefined
  const operands = expression.operands.map((operand) => fixedValue(operand, same, classes))
  return operands.includes(undefined) ? undefined : apply(expression.operation, operands as Value[])
}
