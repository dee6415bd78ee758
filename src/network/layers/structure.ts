import {
  addAll,
  concat as join,
  dropout as drop,
  dropPath as dropBranch,
  mul,
  pad,
  reshape,
  ShapeError,
  sizeOf,
  slice,
  sliceAxis,
  zeros,
} from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, noParameters, printShape, single, spatial } from './layer.ts'

const nothing = (): number => 0

export const identity: LayerDefinition<LayerOf<'identity'>> = {
  kind: 'identity',
  outputShape: (_, inputs) => single(inputs),
  parameters: noParameters,
  flops: nothing,
  forward: (_, [x]) => x,
}

export const zero: LayerDefinition<LayerOf<'zero'>> = {
  kind: 'zero',
  outputShape: (_, inputs) => single(inputs),
  parameters: noParameters,
  flops: nothing,
  forward: (_, [x]) => zeros(x.shape),
}

export const shift: LayerDefinition<LayerOf<'shift'>> = {
  kind: 'shift',
  outputShape(_, inputs) {
    const { channels, space } = spatial(inputs)
    return [channels, ...space]
  },
  parameters: noParameters,
  flops: nothing,
  forward(_, [x]) {
    // An axis of one element would be empty after the cut: all of it moves out.
    if (x.shape.slice(2).includes(1)) return zeros(x.shape)
    const moved = x.shape.map((__, axis) => (axis < 2 ? 0 : 1))
    const rest = slice(x, moved)
    return pad(
      rest,
      x.shape.map(() => 0),
      moved,
    )
  },
}

export const takeChannels: LayerDefinition<LayerOf<'take-channels'>> = {
  kind: 'take-channels',
  outputShape({ channels }, inputs) {
    const shape = single(inputs)
    if (!Number.isInteger(channels) || channels < 1 || channels > shape[0])
      throw new ShapeError(`channels must be a whole number from 1 to ${shape[0]}, got ${channels}`)
    return [channels, ...shape.slice(1)]
  },
  parameters: noParameters,
  flops: nothing,
  forward: ({ channels }, [x]) => sliceAxis(x, 1, 0, channels),
}

export const flatten: LayerDefinition<LayerOf<'flatten'>> = {
  kind: 'flatten',
  outputShape: (_, inputs) => [sizeOf(single(inputs))],
  parameters: noParameters,
  flops: nothing,
  forward: (_, [x]) => reshape(x, [x.shape[0], -1]),
}

/** Off where there is no noise: at inference, and in training graphs built without it. */
export const dropout: LayerDefinition<LayerOf<'dropout'>> = {
  kind: 'dropout',
  outputShape({ rate }, inputs) {
    if (!(rate >= 0 && rate < 1)) throw new ShapeError(`rate must be at least 0 and below 1, got ${rate}`)
    return single(inputs)
  },
  parameters: noParameters,
  flops: nothing,
  forward: ({ rate }, [x], { training, noise, index }) => (training && noise ? drop(x, { rate, noise, layer: index }) : x),
}

/** Off where there is no noise, as dropout. */
export const dropPath: LayerDefinition<LayerOf<'drop-path'>> = {
  kind: 'drop-path',
  outputShape: (layer, inputs, place) => dropout.outputShape({ kind: 'dropout', rate: layer.rate }, inputs, place),
  parameters: noParameters,
  flops: nothing,
  forward({ rate }, [x], { training, noise, index, progress }) {
    if (!training || !noise) return x
    return dropBranch(x, { rate: progress ? mul(progress, rate) : rate, noise, layer: index })
  },
}

export const add: LayerDefinition<LayerOf<'add'>> = {
  kind: 'add',
  outputShape(_, inputs) {
    const [first, ...others] = inputs
    if (!first) throw new ShapeError('wants at least one input')
    if (others.some((shape) => printShape(shape) !== printShape(first))) {
      throw new ShapeError(`inputs must have one shape, got ${inputs.map(printShape).join(', ')}`)
    }
    return first
  },
  parameters: noParameters,
  flops: (_, inputs, output) => (inputs.length - 1) * sizeOf(output),
  forward: (_, inputs) => addAll(inputs),
}

export const concat: LayerDefinition<LayerOf<'concat'>> = {
  kind: 'concat',
  outputShape(_, inputs) {
    const [first, ...others] = inputs
    if (!first) throw new ShapeError('wants at least one input')
    if (others.some((shape) => printShape(shape.slice(1)) !== printShape(first.slice(1)) || shape.length !== first.length)) {
      throw new ShapeError(`inputs must differ in channels only, got ${inputs.map(printShape).join(', ')}`)
    }
    return [inputs.reduce((sum, shape) => sum + shape[0], 0), ...first.slice(1)]
  },
  parameters: noParameters,
  flops: nothing,
  forward: (_, inputs) => (inputs.length === 1 ? inputs[0] : join(inputs, 1)),
}
