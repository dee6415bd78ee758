import {
  averagePool as averageWindows,
  expandDims,
  globalAveragePool as meanOfImage,
  maxPool as maxWindows,
  reduceMean,
  reshape,
  sizeOf,
  squeeze,
  type Tensor,
} from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, noParameters, spatial, wholeNumber } from './layer.ts'
import { padsOf, padsOf2d, strided, type Window } from './padding.ts'

type PoolLayer = LayerOf<'max-pool'> | LayerOf<'average-pool'>
const windowOf = ({ size, stride, padding }: PoolLayer): Window => ({ extent: size, stride, padding })
type Windows = { readonly kernel: number | [number, number]; readonly stride: number | [number, number]; readonly pads: readonly number[] }

/** Max and average pooling share all but what they do with a window. 'same' padding unless another is named; it is not counted. */
const pool = <L extends PoolLayer>(kind: L['kind'], overWindows: (x: Tensor, windows: Windows) => Tensor): LayerDefinition<L> => ({
  kind,
  outputShape(layer, inputs) {
    const { channels, space } = spatial(inputs)
    wholeNumber('size', layer.size)
    wholeNumber('stride', layer.stride)
    return [channels, ...strided(space, windowOf(layer))]
  },
  parameters: noParameters,
  flops: (layer, inputs, output) => sizeOf(output) * layer.size ** spatial(inputs).space.length,
  forward(layer, inputs) {
    const { size, stride } = layer
    const x = inputs[0]
    const space = x.shape.slice(2)
    if (space.length === 2) return overWindows(x, { kernel: size, stride, pads: padsOf2d(space, windowOf(layer)) })
    const [before, after] = padsOf(space[0], windowOf(layer))
    const row = overWindows(expandDims(x, [2]), { kernel: [1, size], stride: [1, stride], pads: [0, before, 0, after] })
    return squeeze(row, [2])
  },
})

export const maxPool = pool<LayerOf<'max-pool'>>('max-pool', maxWindows)
export const averagePool = pool<LayerOf<'average-pool'>>('average-pool', (x, windows) =>
  averageWindows(x, { ...windows, countIncludePad: false }),
)

/** Mean over space: [channels, …] becomes the vector [channels]. */
export const globalAveragePool: LayerDefinition<LayerOf<'global-average-pool'>> = {
  kind: 'global-average-pool',
  outputShape: (_, inputs) => [spatial(inputs).channels],
  parameters: noParameters,
  flops: (_, inputs) => sizeOf(inputs[0]),
  forward(_, [x]) {
    if (x.shape.length === 3) return reduceMean(x, [2])
    return reshape(meanOfImage(x), x.shape.slice(0, 2))
  },
}
