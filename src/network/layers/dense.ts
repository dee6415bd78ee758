import { dense as affine, ShapeError, sizeOf } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, printShape, single, vector, weight, wholeNumber } from './layer.ts'

/** Fully connected layer on a vector. Weight [inputs, units]. */
export const dense: LayerDefinition<LayerOf<'dense'>> = {
  kind: 'dense',
  outputShape(layer, inputs) {
    const shape = single(inputs)
    wholeNumber('units', layer.units)
    if (shape.length !== 1) throw new ShapeError(`wants a vector, got ${printShape(shape)}: put flatten or global-average-pool before it`)
    return [layer.units]
  },
  parameters(layer, inputs, { last }) {
    const matrix = weight([sizeOf(single(inputs)), layer.units], last ? 'glorot' : 'he')
    return layer.bias ? [matrix, vector('bias', layer.units, 'zeros')] : [matrix]
  },
  flops: (layer, inputs) => layer.units * (2 * sizeOf(single(inputs)) + (layer.bias ? 1 : 0)),
  forward: (layer, [x], { get }) => affine(x, get('weight'), layer.bias ? get('bias') : undefined),
}
