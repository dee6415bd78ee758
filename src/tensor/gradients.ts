import { topologicalOrder } from './graph.ts'
import { add } from './ops/arithmetic.ts'
import { ones, zeros } from './ops/broadcast.ts'
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
  const found = new Map<Tensor, Tensor>([[loss, upstream ?? ones(loss.shape)]])
  for (const node of order.toReversed()) {
    const gradient = found.get(node)
    if (!gradient || !needed.has(node) || node.op === 'input' || node.op === 'constant') continue
    const parts = operations[node.op].gradient(node, gradient)
    for (const [i, child] of node.inputs.entries()) {
      const part = parts[i]
      if (!part || !needed.has(child)) continue
      const other = found.get(child)
      found.set(child, other ? add(other, part) : part)
    }
  }
  return wrt.map((tensor) => found.get(tensor) ?? zeros(tensor.shape))
}

/** The nodes through which a gradient must pass: those of `targets`, and those that depend on one. */
function dependents(order: readonly Tensor[], targets: ReadonlySet<Tensor>): Set<Tensor> {
  const found = new Set<Tensor>()
  for (const node of order) if (targets.has(node) || node.inputs.some((child) => found.has(child))) found.add(node)
  return found
}
