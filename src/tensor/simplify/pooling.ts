import { apply } from '../graph.ts'
import { mul } from '../ops/arithmetic.ts'
import { step } from '../ops/masks.ts'
import { type PoolAttributes, poolingOps } from '../ops/pooling.ts'
import type { Rule } from './patterns.ts'

/**
 * The gradient of max pooling after ReLU: it lies only where x is its window's largest element, which is where x and the pooled value
 * are the same; so the mask of positive elements can be taken at the pooled size.
 */
const maskWhenPooled: Rule = (node) => {
  if (node.op !== 'mul') return undefined
  for (const [i, gradient] of node.inputs.entries()) {
    const mask = node.inputs[1 - i]
    if (gradient?.op !== 'maxPoolGradient' || mask?.op !== 'step' || mask.inputs[0] !== gradient.inputs[0]) continue
    const [x, y, dy] = gradient.inputs
    return apply(poolingOps.maxPoolGradient, [x, y, mul(dy, step(y))], gradient.attributes as PoolAttributes)
  }
  return undefined
}

export const poolingRules: readonly Rule[] = [maskWhenPooled]
