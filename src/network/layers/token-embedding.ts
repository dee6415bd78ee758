import { cast, embedding, ShapeError, transpose } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, type LayerPlace, printShape, single, wholeNumber } from './layer.ts'

/** Values that a token can take: the input's columns are all codes of one vocabulary. */
function vocabulary({ input: { shape, categories = [] } }: LayerPlace): number {
  const [size = 0] = categories
  if (shape.length !== 1 || categories.length !== shape[0] || categories.some((other) => other !== size)) {
    throw new ShapeError(`wants tokens: a row of codes, each with the same number of values, got ${printShape(shape)}`)
  }
  return size
}

/** Looks each token of a sequence up in one table [values, width]: [length] becomes the signal [width, length]. Bengio et al., 2003. */
export const tokenEmbedding: LayerDefinition<LayerOf<'token-embedding'>> = {
  kind: 'token-embedding',
  outputShape({ width }, inputs, place) {
    const shape = single(inputs)
    wholeNumber('width', width)
    vocabulary(place)
    if (printShape(shape) !== printShape(place.input.shape)) throw new ShapeError(`wants the network's input, got ${printShape(shape)}`)
    return [width, shape[0]]
  },
  parameters: ({ width }, _, place) => [{ name: 'table', shape: [vocabulary(place), width], init: 'normal', trained: true, decayed: true }],
  flops: () => 0,
  forward: (_, [x], { get }) => transpose(embedding(get('table'), cast(x, 'int64')), [0, 2, 1]),
}
