import type { Op, OpName } from '../op.ts'
import { arithmeticOps } from './arithmetic.ts'
import { batchNormOps } from './batch-norm.ts'
import { bitOps } from './bits.ts'
import { broadcastOps } from './broadcast.ts'
import { channelOps } from './channel.ts'
import { conditionalOps } from './conditional.ts'
import { convolutionOps } from './convolution.ts'
import { gatherOps } from './gather.ts'
import { maskOps } from './masks.ts'
import { matmulOps } from './matmul.ts'
import { poolingOps } from './pooling.ts'
import { reduceOps } from './reduce.ts'
import { selectOps } from './select.ts'
import { shapeOps } from './shape.ts'
import { softmaxOps } from './softmax.ts'
import { unaryOps } from './unary.ts'
import { windowOps } from './window.ts'

/** The record of every op: a name in OpName without its record, or a record under another name, does not compile. */
export const operations: { readonly [N in OpName]: Op & { readonly name: N } } = {
  ...arithmeticOps,
  ...batchNormOps,
  ...bitOps,
  ...broadcastOps,
  ...channelOps,
  ...conditionalOps,
  ...convolutionOps,
  ...gatherOps,
  ...maskOps,
  ...matmulOps,
  ...poolingOps,
  ...reduceOps,
  ...selectOps,
  ...shapeOps,
  ...softmaxOps,
  ...unaryOps,
  ...windowOps,
}
