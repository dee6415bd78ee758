import { add, mul, sub } from '../ops/arithmetic.ts'
import { checkRange } from '../ranges.ts'
import { type Optimizer, type OptimizerUpdate, zeroSlots } from './optimizer.ts'

export interface SgdOptions {
  /** In [0, 1); default 0. */
  readonly momentum?: number
  /** Nesterov's momentum: looks ahead along the new velocity. Default false. */
  readonly nesterov?: boolean
  /** Added to the gradient times the parameter; default 0. */
  readonly weightDecay?: number
}

/**
 * Stochastic gradient descent with momentum as PyTorch has it: v ← μ v + (g + λ p), p ← p − η v; Nesterov: p ← p − η (g + λ p + μ v).
 * Sutskever, Martens, Dahl and Hinton, 2013, "On the importance of initialization and momentum in deep learning".
 */
export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  checkRange('sgd: momentum', momentum, 0, 1)
  checkRange('sgd: weightDecay', weightDecay, 0, Number.POSITIVE_INFINITY)
  const slots = momentum > 0 ? ['momentum'] : []
  return {
    name: 'sgd',
    slots,
    init: (size) => zeroSlots(slots, size),
    scalars: (learningRate) => ({ learningRate }),
    update({ parameters, gradient, decayed, slots: { momentum: before }, scalars: { learningRate } }): OptimizerUpdate {
      const slope = weightDecay > 0 ? add(gradient, mul(parameters, mul(decayed, weightDecay))) : gradient
      if (!before) return { parameters: sub(parameters, mul(slope, learningRate)), slots: {} }
      const velocity = add(mul(before, momentum), slope)
      const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity
      return { parameters: sub(parameters, mul(direction, learningRate)), slots: { momentum: velocity } }
    },
  }
}
