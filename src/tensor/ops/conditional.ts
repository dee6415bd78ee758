import { always, type Condition, eitherOf, implies, segmentsOf } from '../conditions.ts'
import { apply } from '../graph.ts'
import type { Op } from '../op.ts'
import { sameShape, shapeError } from '../shapes.ts'
import { sizeOf, type Tensor } from '../tensor.ts'
import { add } from './arithmetic.ts'

interface Conditional {
  readonly [name: string]: readonly string[]
  readonly conditions: readonly Condition[]
}

/** Marks what onnx/conditional.ts makes of these ops: `If` around all that is needed for what is on. */
export const conditionalDomain = 'nascent'

export const conditionalOps = {
  gatedSum: {
    name: 'gatedSum',
    infer(inputs, { conditions }) {
      const [first, ...others] = inputs
      if (conditions.length !== inputs.length || others.some(({ shape }) => !sameShape(shape, first.shape)))
        shapeError('gatedSum', 'wants values of one shape and a condition for each', inputs)
      return { shape: first.shape, dtype: first.dtype }
    },
    gradient: ({ attributes }, upstream) => attributes.conditions.map((condition) => gatedSum([upstream], [condition])),
    lower: (node, inputs, emit) => emit.node('GatedSum', inputs, attributesOf(node, node.shape), { domain: conditionalDomain }),
  } satisfies Op<Conditional, 'gatedSum'>,
  gatedConcat: {
    name: 'gatedConcat',
    infer(inputs, { conditions }) {
      if (conditions.length !== inputs.length || inputs.some(({ shape }) => shape.length !== 1))
        shapeError('gatedConcat', 'wants vectors and a condition for each', inputs)
      return { shape: [inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)], dtype: inputs[0].dtype }
    },
    gradient: (node) => node.inputs.map(() => undefined),
    lower: (node, inputs, emit) => emit.node('GatedConcat', inputs, attributesOf(node, []), { domain: conditionalDomain }),
  } satisfies Op<Conditional, 'gatedConcat'>,
}

/** Attributes of the marking node; `shape` is that of the data as they lie. */
export const attributesOf = (
  node: Tensor,
  shape: readonly number[],
): { readonly conditions: string; readonly shape: readonly number[] } => ({
  conditions: JSON.stringify(node.attributes.conditions),
  shape,
})

/** Sum of the values whose condition holds; zeros when none does. What only a value that does not count needs is not computed. */
export const gatedSum = (values: readonly Tensor[], conditions: readonly Condition[]): Tensor =>
  apply(conditionalOps.gatedSum, values, { conditions })

/**
 * The vectors whose condition holds, joined; the others are not computed. Its shape is the largest that it can have. Only for results of a program, which
 * says in what order they come (Program.orders). Not differentiable.
 */
export const gatedConcat = (vectors: readonly Tensor[], conditions: readonly Condition[]): Tensor =>
  apply(conditionalOps.gatedConcat, vectors, { conditions })

/** A tensor that is zeros unless its condition holds. */
export interface Gated {
  readonly value: Tensor
  readonly on: Condition
}

/** The sum of such tensors, of which no more is computed than what is on. */
export function sumOfGated(parts: readonly Gated[]): Gated {
  let left = [...parts]
  for (;;) {
    const [first, second] = pairToJoin(left)
    if (first === undefined || second === undefined) break
    const same = first.on === second.on
    const alike = same ? [first, second] : left.filter(({ on }) => groupOf(on) === groupOf(first.on))
    const joined: Gated = same ? { value: add(first.value, second.value), on: first.on } : gate(alike)
    left = left.flatMap((part) => (part === first ? [joined] : alike.includes(part) ? [] : [part]))
  }
  return left.length === 1 ? left[0] : gate(left)
}

const gate = (parts: readonly Gated[]): Gated => ({
  value: gatedSum(
    parts.map(({ value }) => value),
    parts.map(({ on }) => on),
  ),
  on: parts.map(({ on }) => on).reduce(eitherOf),
})

/** Name of the innermost group, when at most one of its alternatives is on. */
function groupOf(on: Condition): string | undefined {
  const last = segmentsOf(on).at(-1)
  return last?.exclusive ? last.group : undefined
}

/** First two parts under one condition; else two of one group, the innermost first. */
function pairToJoin(parts: readonly Gated[]): readonly [Gated?, Gated?] {
  const firsts = new Map<Condition, Gated>()
  for (const part of parts) {
    const first = firsts.get(part.on)
    if (first) return [first, part]
    firsts.set(part.on, part)
  }
  const groups = new Map<string, Gated>()
  let found: readonly [Gated?, Gated?] = []
  let depth = 0
  for (const part of parts) {
    const group = groupOf(part.on)
    if (group === undefined) continue
    const first = groups.get(group)
    const inside = segmentsOf(part.on).length
    if (first && inside > depth) {
      found = [first, part]
      depth = inside
    }
    if (!first) groups.set(group, part)
  }
  return found
}

/** The narrower of two conditions, one of which should imply the other. */
export const narrower = (on: Condition, condition: Condition): Condition =>
  condition !== always && implies(condition, on) ? condition : on
