import { convolution as convolve, convolution1d, ShapeError, sizeOf } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, spatial, vector, weight, wholeNumber } from './layer.ts'
import { padsOf, padsOf2d, strided, type Window } from './padding.ts'

const windowOf = ({ kernel, stride, dilation, padding }: LayerOf<'convolution'>): Window => ({
  extent: (kernel - 1) * dilation + 1,
  stride,
  padding,
})

/**
 * Convolution over images or signals, with 'same' padding unless another is named. Groups equal to the channels make it depthwise.
 * Weight [channels, input channels / groups, kernel(, kernel)].
 */
export const convolution: LayerDefinition<LayerOf<'convolution'>> = {
  kind: 'convolution',
  outputShape(layer, inputs) {
    const { channels, space } = spatial(inputs)
    const { groups } = layer
    wholeNumber('channels', layer.channels)
    wholeNumber('kernel', layer.kernel)
    wholeNumber('stride', layer.stride)
    wholeNumber('dilation', layer.dilation)
    wholeNumber('groups', groups)
    if (channels % groups !== 0 || layer.channels % groups !== 0) {
      throw new ShapeError(`${groups} groups do not divide ${channels} input and ${layer.channels} output channels`)
    }
    return [layer.channels, ...strided(space, windowOf(layer))]
  },
  parameters(layer, inputs) {
    const { channels, space } = spatial(inputs)
    const filter = weight([layer.channels, channels / layer.groups, ...space.map(() => layer.kernel)], 'he')
    return layer.bias ? [filter, vector('bias', layer.channels, 'zeros')] : [filter]
  },
  flops(layer, inputs, output) {
    const { channels, space } = spatial(inputs)
    const products = (channels / layer.groups) * layer.kernel ** space.length
    return sizeOf(output) * (2 * products + (layer.bias ? 1 : 0))
  },
  forward(layer, [x], { get }) {
    const { stride, dilation, groups, bias } = layer
    const space = x.shape.slice(2)
    const options = { stride, dilation, groups, ...(bias ? { bias: get('bias') } : {}) }
    if (space.length === 1) return convolution1d(x, get('weight'), { ...options, pads: padsOf(space[0], windowOf(layer)) })
    return convolve(x, get('weight'), { ...options, pads: padsOf2d(space, windowOf(layer)) })
  },
}
