import { dense, globalAveragePool, hardSigmoid, mul, relu, reduceMean, reshape, sigmoid, sizeOf } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, spatial, vector, weight, wholeNumber } from './layer.ts'

const gates = { sigmoid, 'hard-sigmoid': (x: Parameters<typeof hardSigmoid>[0]) => hardSigmoid(x) } as const

/**
 * Weighs each channel by a number in [0, 1] that a small network finds from the means of all channels. Hu, Shen and Sun, 2018, arXiv:1709.01507; with
 * a hard sigmoid, Howard et al., 2019, arXiv:1905.02244. Weights [channels, squeezed] and [squeezed, channels].
 */
export const squeezeExcite: LayerDefinition<LayerOf<'squeeze-excite'>> = {
  kind: 'squeeze-excite',
  outputShape(layer, inputs) {
    const { channels, space } = spatial(inputs)
    wholeNumber('squeezed', layer.squeezed)
    return [channels, ...space]
  },
  parameters({ squeezed }, inputs) {
    const { channels } = spatial(inputs)
    return [
      { ...weight([channels, squeezed], 'he'), name: 'squeeze' },
      vector('squeezeBias', squeezed, 'zeros'),
      { ...weight([squeezed, channels], 'glorot'), name: 'excite' },
      vector('exciteBias', channels, 'zeros'),
    ]
  },
  flops({ squeezed }, inputs) {
    const { channels } = spatial(inputs)
    // Mean and scaling of every value; two products with their biases; two activations.
    return 2 * sizeOf(inputs[0]) + 4 * channels * squeezed + 2 * (squeezed + channels)
  },
  forward({ gate }, [x], { get }) {
    const [examples, channels, ...space] = x.shape as [number, number, ...number[]]
    const means = space.length === 1 ? reduceMean(x, [2]) : reshape(globalAveragePool(x), [examples, channels])
    const squeezed = relu(dense(means, get('squeeze'), get('squeezeBias')))
    const weights = gates[gate](dense(squeezed, get('excite'), get('exciteBias')))
    return mul(x, reshape(weights, [examples, channels, ...space.map(() => 1)]))
  },
}
