import type { OpName } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { type BlockedValues, createBlockedValues } from './blocked-values.ts'
import { channelRules } from './channel.ts'
import { convolutionRules } from './convolution.ts'
import { elementwiseRules } from './elementwise.ts'
import type { LayoutFactory } from './layout.ts'
import { perImageRules } from './per-image.ts'
import { poolingRules } from './pooling.ts'
import type { Lowered, Rule } from './rule.ts'
import { shapeRules } from './shape.ts'

/** Rules by op; an op without one always has its standard lowering. */
const rules: { readonly [N in OpName]?: Rule } = {
  ...convolutionRules,
  ...channelRules,
  ...elementwiseRules,
  ...poolingRules,
  ...perImageRules,
  ...shapeRules,
}

/**
 * The layout of ONNX Runtime's blocked convolution kernels on processors: images lie in blocks of `block` channels (Runtime.block; 0
 * when there are no such kernels: then there is no layout either).
 */
export const blockedLayout = (block: number): LayoutFactory | undefined =>
  block < 2
    ? undefined
    : (context) => {
        const values = createBlockedValues(context, block)
        const plains = new Map<Tensor, string>()
        return {
          lower(node) {
            const lowered = lowerByRule(node, values)
            if (!lowered) return false
            if ('blocked' in lowered) values.keep(node, lowered.blocked)
            else plains.set(node, lowered.plain)
            return true
          },
          plain: (node) => plains.get(node) ?? values.toPlain(node),
        }
      }

function lowerByRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const rule = node.op === 'input' || node.op === 'constant' ? undefined : rules[node.op]
  return rule?.(node, values)
}
