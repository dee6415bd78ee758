import { convolution as convolve, convolution1d, ShapeError, sizeOf } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, spatial, vector, weight, wholeNumber } from './layer.ts'
import { padsOf, padsOf2d, strided, type Window } from './padding.ts'

/** How the kernel moves along each axis of space. */
function windowsOf(layer: LayerOf<'convolution'>, dimensions: number): readonly Window[] {
  const { stride, dilation, padding } = layer
  return kernelOf(layer, dimensions).map((size) => ({ extent: (size - 1) * dilation + 1, stride, padding }))
}

/**
 * Convolution over images or signals, with 'same' padding unless another is named. Groups equal to the channels make it depthwise.
 * Weight [channels, input channels / groups, kernel(, kernel)]; an image's kernel may have another width.
 */
export const convolution: LayerDefinition<LayerOf<'convolution'>> = {
  kind: 'convolution',
  outputShape(layer, inputs) {
    const { channels, space } = spatial(inputs)
    const { groups } = layer
    wholeNumber('channels', layer.channels)
    wholeNumber('kernel', layer.kernel)
    if (layer.width !== undefined) wholeNumber('width', layer.width)
    wholeNumber('stride', layer.stride)
    wholeNumber('dilation', layer.dilation)
    wholeNumber('groups', groups)
    if (channels % groups !== 0 || layer.channels % groups !== 0) {
      throw new ShapeError(`${groups} groups do not divide ${channels} input and ${layer.channels} output channels`)
    }
    return [layer.channels, ...strided(space, windowsOf(layer, space.length))]
  },
  parameters(layer, inputs) {
    const { channels, space } = spatial(inputs)
    const filter = weight([layer.channels, channels / layer.groups, ...kernelOf(layer, space.length)], 'he')
    return layer.bias ? [filter, vector('bias', layer.channels, 'zeros')] : [filter]
  },
  flops(layer, inputs, output) {
    const { channels, space } = spatial(inputs)
    const products = (channels / layer.groups) * sizeOf(kernelOf(layer, space.length))
    return sizeOf(output) * (2 * products + (layer.bias ? 1 : 0))
  },
  forward(layer, [x], { get }) {
    const { stride, dilation, groups, bias } = layer
    const space = x.shape.slice(2)
    const options = { stride, dilation, groups, ...(bias ? { bias: get('bias') } : {}) }
    const windows = windowsOf(layer, space.length)
    if (space.length === 1) return convolution1d(x, get('weight'), { ...options, pads: padsOf(space[0], windows[0]) })
    return convolve(x, get('weight'), { ...options, pads: padsOf2d(space, windows) })
  },
}

/** The kernel's extents along space; a signal's is the kernel alone. */
const kernelOf = ({ kernel, width = kernel }: LayerOf<'convolution'>, dimensions: number): readonly number[] =>
  dimensions === 1 ? [kernel] : [kernel, width]
