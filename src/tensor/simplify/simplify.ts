import { apply, constantValues, inputName, topologicalOrder } from '../graph.ts'
import type { Outputs } from '../lower.ts'
import type { OpName } from '../op.ts'
import { operations } from '../ops/index.ts'
import { printType, ShapeError, sameShape } from '../shapes.ts'
import type { Tensor } from '../tensor.ts'
import { channelRules } from './channels.ts'
import { convolutionRules } from './convolutions.ts'
import { elementwiseRules } from './elementwise.ts'
import type { Rule } from './patterns.ts'
import { poolingRules } from './pooling.ts'
import { shapeRules } from './shapes.ts'

const rules: readonly Rule[] = [...shapeRules, ...elementwiseRules, ...channelRules, ...convolutionRules, ...poolingRules]

/** Passes over the graph; what is single-used after one pass is known to the next. */
const maximumPasses = 4
/** Rewrites of rewrites; far beyond what any chain of rules needs. */
const maximumDepth = 64

/**
 * The same results by less work, up to the rounding of float32 and for finite values: numbers folded, equal sub-expressions merged, neutral
 * operations and repeated moves dropped, factors moved to small tensors, per-channel arithmetic gathered into channelAffine.
 * For graphs that are not differentiated any further: stopGradient goes away.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  let current = [...outputs]
  for (let pass = 0; pass < maximumPasses; pass++) {
    const next = simplifyOnce(current)
    if (!next.changed) return next.outputs
    current = next.outputs
  }
  return current
}

/** `simplify` on named outputs. */
export function simplifyOutputs(outputs: Outputs): Outputs {
  const simpler = simplify(Object.values(outputs))
  return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, simpler[i]]))
}

function simplifyOnce(outputs: readonly Tensor[]): { readonly outputs: Tensor[]; readonly changed: boolean } {
  const order = topologicalOrder(outputs)
  const uses = countUses(order, outputs)
  const seen = createInterner()
  const result = new Map<Tensor, Tensor>()
  // Uses of a simplified node: those of the node it stands for. A node that a rule made is used by what the rule made it for.
  const usesOf = new Map<Tensor, number>()
  const single = (node: Tensor): boolean => (usesOf.get(node) ?? 1) <= 1
  let changed = false

  /** Simplifies an expression whose leaves are simplified already. */
  function visit(node: Tensor, depth: number): Tensor {
    const known = result.get(node)
    if (known) return known
    const inputs = node.inputs.map((child) => visit(child, depth + 1))
    const rebuilt = inputs.every((child, i) => child === node.inputs[i]) ? node : rebuild(node, inputs)
    const interned = seen(rebuilt)
    const found = interned !== rebuilt ? (result.get(interned) ?? interned) : depth < maximumDepth ? rewrite(rebuilt, depth) : rebuilt
    for (const same of [node, rebuilt, found]) result.set(same, found)
    return found
  }

  function rewrite(node: Tensor, depth: number): Tensor {
    if (node.inputs.length === 0) return node
    for (const rule of rules) {
      const simpler = rule(node, single)
      if (!simpler || simpler === node) continue
      if (simpler.dtype !== node.dtype || !sameShape(simpler.shape, node.shape)) {
        throw new ShapeError(`simplify: ${node.op} of ${printType(node)} became ${simpler.op} of ${printType(simpler)}`)
      }
      changed = true
      return visit(simpler, depth + 1)
    }
    return node
  }

  for (const node of order) {
    const found = visit(node, 0)
    usesOf.set(found, (usesOf.get(found) ?? 0) + (uses.get(node) ?? 0))
  }
  const simplified = outputs.map((node) => result.get(node) ?? node)
  return { outputs: simplified, changed }
}

const rebuild = (node: Tensor, inputs: readonly Tensor[]): Tensor => apply(operations[node.op as OpName], inputs, node.attributes)

function countUses(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>()
  const use = (node: Tensor): unknown => uses.set(node, (uses.get(node) ?? 0) + 1)
  for (const node of order) for (const child of node.inputs) use(child)
  for (const output of outputs) use(output)
  return uses
}

const commutative: ReadonlySet<string> = new Set<OpName>(['add', 'mul', 'maximum', 'minimum', 'equalMask', 'bitwiseXor', 'bitwiseAnd'])

/** Finds the first node made that equals a node whose inputs are themselves first nodes. */
function createInterner(): (node: Tensor) => Tensor {
  const numbers = new Map<Tensor, number>()
  const known = new Map<string, Tensor>()
  const numberOf = (node: Tensor): number => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }
  return (node) => {
    const key = keyOf(node, numberOf)
    const other = known.get(key)
    if (other) return other
    known.set(key, node)
    return node
  }
}

function keyOf(node: Tensor, numberOf: (node: Tensor) => number): string {
  if (node.op === 'input') return `input ${inputName(node)}`
  if (node.op === 'constant') {
    const values = constantValues(node)
    return `constant ${node.dtype}[${node.shape.join()}] ${values ? values.map((value) => (Object.is(value, -0) ? '-0' : value)).join() : numberOf(node)}`
  }
  const inputs = node.inputs.map(numberOf)
  if (commutative.has(node.op)) inputs.sort((a, b) => a - b)
  return `${node.op} ${inputs.join()} ${settingsOf(node)}`
}

/** Attributes as text; a node that is made anew from other inputs has the very ones of the old. */
const texts = new WeakMap<object, string>()

function settingsOf({ attributes }: Tensor): string {
  const known = texts.get(attributes)
  if (known !== undefined) return known
  const text = JSON.stringify(attributes)
  texts.set(attributes, text)
  return text
}
