import { topologicalOrder } from './graph.ts'
import { always, type Condition } from './conditions.ts'
import { ones, zeros } from './ops/broadcast.ts'
import { type Gated, narrower, sumOfGated } from './ops/conditional.ts'
import { operations } from './ops/index.ts'
import { ShapeError, printType, sameShape } from './shapes.ts'
import type { Tensor } from './tensor.ts'

/**
 * Reverse-mode gradients of `loss` with respect to each tensor of `wrt`, as graphs of the same ops, so they can be differentiated again.
 * @param upstream gradient of something further with respect to `loss`; default ones (the gradient of the sum of `loss`)
 * @returns a tensor for each of `wrt`, of its shape; zeros where `loss` does not depend on it
 * @throws ShapeError when `wrt` holds something that is not float32, or the upstream has another shape than the loss
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[], upstream?: Tensor): Tensor[] {
  for (const tensor of [loss, ...wrt])
    if (tensor.dtype !== 'float32') throw new ShapeError(`gradients: ${printType(tensor)} is not float32`)
  if (upstream && !sameShape(upstream.shape, loss.shape)) {
    throw new ShapeError(`gradients: the upstream gradient is ${printType(upstream)}, the loss ${printType(loss)}`)
  }
  const order = topologicalOrder([loss])
  const needed = dependents(order, new Set(wrt))
  const found = new Map<Tensor, Gated[]>([[loss, [{ value: upstream ?? ones(loss.shape), on: always }]]])
  for (const node of order.toReversed()) {
    const parts = found.get(node)
    if (!parts || !needed.has(node)) continue
    // Whatever reads the node came before, so its gradient is complete.
    const { value, on } = sumOfGated(parts)
    found.set(node, [{ value, on }])
    if (node.op === 'input' || node.op === 'constant') continue
    const slopes = operations[node.op].gradient(node, value)
    for (const [i, child] of node.inputs.entries()) {
      const slope = slopes[i]
      if (!slope || !needed.has(child)) continue
      const part: Gated = { value: slope, on: node.op === 'gatedSum' ? narrower(on, conditionsOf(node)[i]) : on }
      const others = found.get(child)
      if (others) others.push(part)
      else found.set(child, [part])
    }
  }
  return wrt.map((tensor) => found.get(tensor)?.[0].value ?? zeros(tensor.shape))
}

/** The nodes through which a gradient must pass: those of `targets`, and those that depend on one. */
function dependents(order: readonly Tensor[], targets: ReadonlySet<Tensor>): Set<Tensor> {
  const found = new Set<Tensor>()
  for (const node of order) if (targets.has(node) || node.inputs.some((child) => found.has(child))) found.add(node)
  return found
}

const conditionsOf = (node: Tensor): readonly Condition[] => node.attributes.conditions as readonly Condition[]
