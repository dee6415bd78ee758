import { activations, sizeOf } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, noParameters, single } from './layer.ts'

/** Element by element; counted as one operation each. */
export const activation: LayerDefinition<LayerOf<'activation'>> = {
  kind: 'activation',
  outputShape: (_, inputs) => single(inputs),
  parameters: noParameters,
  flops: (_, __, output) => sizeOf(output),
  forward: (layer, [x]) => activations[layer.activation](x),
}
