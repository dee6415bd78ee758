import { always, type Condition, conditionOf, eitherOf, implies, type Segment, segmentsOf } from '../conditions.ts'
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
  apply(
    conditionalOps.gatedSum,
    values.map((value, i) => under(value, conditions[i])),
    { conditions },
  )

/** What a value is where a condition holds. */
function under(value: Tensor, condition: Condition): Tensor {
  if (groupOf(value) === undefined) return value
  const sure = conditionsOf(value).findIndex((other) => implies(condition, other))
  return sure < 0 ? value : under(value.inputs[sure], condition)
}

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
    const joined = joinSome(left)
    if (!joined) break
    left = joined
  }
  return left.length === 1 ? left[0] : (chained(left) ?? gate(left))
}

/** Two parts under one condition become one; else all of one group do, the innermost first. */
function joinSome(parts: readonly Gated[]): Gated[] | undefined {
  const firsts = new Map<Condition, Gated>()
  for (const part of parts) {
    const first = firsts.get(part.on)
    if (!first) {
      firsts.set(part.on, part)
      continue
    }
    const sum: Gated = { value: add(first.value, part.value), on: first.on }
    return parts.flatMap((other) => (other === first ? [sum] : other === part ? [] : [other]))
  }
  const groups = new Map<string, Gated[]>()
  for (const part of parts) {
    const last = segmentsOf(part.on).at(-1)
    if (last) groups.set(last.group, [...(groups.get(last.group) ?? []), part])
  }
  const several = [...groups.values()].filter((group) => group.length > 1)
  if (several.length === 0) return undefined
  const depth = Math.max(...several.map(([{ on }]) => segmentsOf(on).length))
  const alike = several.find(([{ on }]) => segmentsOf(on).length === depth) as Gated[]
  const sum = gate(alike)
  return parts.flatMap((part) => (part === alike[0] ? [sum] : alike.includes(part) ? [] : [part]))
}

function gate(parts: readonly Gated[]): Gated {
  const on = parts.map((part) => part.on).reduce(eitherOf)
  // One value under every alternative is that value.
  const [inner, ...others] = parts.map(({ value }) => (value.op === 'gatedSum' && value.inputs.length === 1 ? value.inputs[0] : undefined))
  const group = segmentsOf(parts[0].on)
  if (inner && others.every((other) => other === inner) && segmentsOf(on).length < group.length) return { value: inner, on }
  return {
    value: gatedSum(
      parts.map(({ value }) => value),
      parts.map((part) => part.on),
    ),
    on,
  }
}

/** Parts of several groups below one condition, added up one after the other within the branches that make them. */
function chained(parts: readonly Gated[]): Gated | undefined {
  const outer = parts.map(({ on }) => on).reduce(eitherOf)
  const below = segmentsOf(outer).length
  if (parts.some(({ on }) => on !== outer && segmentsOf(on).length !== below + 1)) return undefined
  const sure = parts.filter(({ on }) => on === outer).map(({ value }) => value)
  const gated = parts
    .filter(({ on }) => on !== outer)
    .map(({ value, on }) => (groupOf(value) === segmentsOf(on).at(-1)?.group ? value : gatedSum([value], [on])))
  const [first, ...others] = [...sure, ...gated]
  return { value: others.reduce((sum, value) => addGated(sum, value, outer), first), on: outer }
}

const conditionsOf = (node: Tensor): readonly Condition[] => node.attributes.conditions as readonly Condition[]

/** The group of which a tensor is a sum over alternatives, if it is one. */
function groupOf(value: Tensor): string | undefined {
  if (value.op !== 'gatedSum') return undefined
  const [first, ...others] = conditionsOf(value).map((condition) => segmentsOf(condition).at(-1)?.group)
  return others.every((group) => group === first) ? first : undefined
}

/** Whether a tensor is a sum over alternatives of a choice that stands directly below a condition. */
const choiceBelow = (value: Tensor, on: Condition): boolean =>
  groupOf(value) !== undefined && conditionOf(segmentsOf(conditionsOf(value)[0]).slice(0, -1)) === on

/**
 * a + b, where b may be a sum over alternatives: then a is added in each of them, so that what makes the alternative can add it on the way.
 *
 * @param b read by nothing else, if it is such a sum
 * @param on where the sum is needed
 */
export function addGated(a: Tensor, b: Tensor, on: Condition): Tensor {
  if (!choiceBelow(b, on)) return add(a, b)
  const conditions = conditionsOf(b)
  const outer = segmentsOf(conditions[0]).slice(0, -1)
  const last = segmentsOf(conditions[0]).at(-1) as Segment
  const taken = new Set(conditions.flatMap((condition) => segmentsOf(condition).at(-1)?.members ?? []))
  const members = Array.from({ length: last.of }, (_, i) => i).filter((i) => !taken.has(i))
  const sums = b.inputs.map((x, i) => addGated(a, under(x, conditions[i]), conditions[i]))
  if (members.length === 0) return gatedSum(sums, conditions)
  return gatedSum([...sums, a], [...conditions, conditionOf([...outer, { ...last, members }])])
}

/** The narrower of two conditions, one of which should imply the other. */
export const narrower = (on: Condition, condition: Condition): Condition =>
  condition !== always && implies(condition, on) ? condition : on
