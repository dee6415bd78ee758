import { add, div, mul, square, sub } from '../ops/arithmetic.ts'
import { sqrt } from '../ops/unary.ts'
import { checkRange } from '../ranges.ts'
import { type Optimizer, zeroSlots } from './optimizer.ts'

export interface AdamOptions {
  /** Decay of the mean of gradients; default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients; default 0.999. */
  readonly beta2?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** Adam: added to the gradient times the parameter. AdamW: parameters shrink by this times the learning rate. Default 0. */
  readonly weightDecay?: number
}

/** Adam. Kingma and Ba, 2014, arXiv:1412.6980. Weight decay, if any, is L2: part of the gradient. */
export const adam = (options: AdamOptions = {}): Optimizer => adaptive('adam', false, options)

/** Adam with decoupled weight decay. Loshchilov and Hutter, 2017, arXiv:1711.05101. */
export const adamw = (options: AdamOptions = {}): Optimizer => adaptive('adamw', true, options)

const slots = ['firstMoment', 'secondMoment'] as const

function adaptive(name: string, decoupled: boolean, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options
  checkRange(`${name}: beta1`, beta1, 0, 1)
  checkRange(`${name}: beta2`, beta2, 0, 1)
  checkRange(`${name}: weightDecay`, weightDecay, 0, Number.POSITIVE_INFINITY)
  return {
    name,
    slots,
    init: (size) => zeroSlots(slots, size),
    scalars: (learningRate, step) => ({
      stepSize: learningRate / (1 - beta1 ** step),
      deviationScale: 1 / Math.sqrt(1 - beta2 ** step),
      shrinkage: decoupled ? learningRate * weightDecay : weightDecay,
    }),
    update({ parameters, gradient, decayed, slots: { firstMoment, secondMoment }, scalars: { stepSize, deviationScale, shrinkage } }) {
      const decay = weightDecay > 0 ? mul(parameters, mul(decayed, shrinkage)) : undefined
      const slope = decay && !decoupled ? add(gradient, decay) : gradient
      const first = add(mul(firstMoment, beta1), mul(slope, 1 - beta1))
      const second = add(mul(secondMoment, beta2), mul(square(slope), 1 - beta2))
      const change = mul(div(first, add(mul(sqrt(second), deviationScale), epsilon)), stepSize)
      const kept = decay && decoupled ? sub(parameters, decay) : parameters
      return { parameters: sub(kept, change), slots: { firstMoment: first, secondMoment: second } }
    },
  }
}
