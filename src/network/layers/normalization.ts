import {
  batchNormInference,
  type BatchNormOptions,
  batchNormTraining,
  layerNorm as normalizeLast,
  runningStatistic,
  ShapeError,
  sizeOf,
  type Tensor,
  transpose,
} from '../../tensor/index.ts'
import { type ForwardContext, type LayerDefinition, type LayerOf, printShape, single, statistic, vector } from './layer.ts'

/** Batch norm, also as one pass with what follows it: a tensor to add, then ReLU. */
export function normalizeBatch(x: Tensor, { get, training, momentum, update }: ForwardContext, options: BatchNormOptions = {}): Tensor {
  const [scale, shift, mean, variance] = [get('scale'), get('shift'), get('mean'), get('variance')]
  if (!training) return batchNormInference(x, { scale, shift, mean, variance }, options)
  const result = batchNormTraining(x, scale, shift, options)
  update('mean', runningStatistic(mean, result.mean, momentum))
  update('variance', runningStatistic(variance, result.variance, momentum))
  return result.output
}

/** Ioffe and Szegedy, 2015, arXiv:1502.03167. In training with the batch's statistics, else with the running ones. */
export const batchNorm: LayerDefinition<LayerOf<'batch-norm'>> = {
  kind: 'batch-norm',
  outputShape: (_, inputs) => single(inputs),
  parameters(_, inputs) {
    const channels = single(inputs)[0]
    return [
      vector('scale', channels, 'ones'),
      vector('shift', channels, 'zeros'),
      statistic('mean', channels, 'zeros'),
      statistic('variance', channels, 'ones'),
    ]
  },
  flops: (_, __, output) => 2 * sizeOf(output),
  forward: (_, [x], context) => normalizeBatch(x, context),
}

/**
 * Ba, Kiros and Hinton, 2016, arXiv:1607.06450. Vectors are normalised over all their values; images and signals over the channels at
 * each position, as transformers do with their tokens.
 */
export const layerNorm: LayerDefinition<LayerOf<'layer-norm'>> = {
  kind: 'layer-norm',
  outputShape(_, inputs) {
    const shape = single(inputs)
    if (shape.length > 3) throw new ShapeError(`wants a vector, a signal or an image, got ${printShape(shape)}`)
    return shape
  },
  parameters(_, inputs) {
    const channels = single(inputs)[0]
    return [vector('scale', channels, 'ones'), vector('shift', channels, 'zeros')]
  },
  // Mean, differences, their squares and mean, division, scale and shift.
  flops: (_, __, output) => 7 * sizeOf(output),
  forward(_, [x], { get }) {
    const rank = x.shape.length
    if (rank === 2) return normalizeLast(x, get('scale'), get('shift'))
    const last = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]
    const back = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]
    return transpose(normalizeLast(transpose(x, last), get('scale'), get('shift')), back)
  },
}
