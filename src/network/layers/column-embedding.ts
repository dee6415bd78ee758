import { cast, concat, embedding, ShapeError, sizeOf, sliceAxis, squeeze, type Tensor } from '../../tensor/index.ts'
import { type LayerDefinition, type LayerOf, type LayerPlace, printShape, single, wholeNumber } from './layer.ts'

const codes = ({ input }: LayerPlace): readonly number[] => input.categories ?? []

/**
 * Splits a table's row into its numbers and its category codes (the last columns), looks each code up in a table of its own,
 * `table<i>` [values, width], and joins all to one vector. Guo and Berkhahn, 2016, arXiv:1604.06737.
 */
export const columnEmbedding: LayerDefinition<LayerOf<'column-embedding'>> = {
  kind: 'column-embedding',
  outputShape({ width }, inputs, place) {
    const shape = single(inputs)
    wholeNumber('width', width)
    if (place.input.shape.length !== 1 || printShape(shape) !== printShape(place.input.shape)) {
      throw new ShapeError(`wants the network's input, a row of a table, got ${printShape(shape)}`)
    }
    const columns = codes(place).length
    return [sizeOf(shape) - columns + columns * width]
  },
  parameters: ({ width }, _, place) =>
    codes(place).map((values, i) => ({ name: `table${i}`, shape: [values, width], init: 'normal', trained: true, decayed: true })),
  flops: () => 0,
  forward(_, [x], context) {
    const columns = x.shape[1]
    const tables = codes(context)
    const numbers = columns - tables.length
    const looked = tables.map((_, i): Tensor => {
      const column = squeeze(sliceAxis(x, 1, numbers + i, numbers + i + 1), [1])
      return embedding(context.get(`table${i}`), cast(column, 'int64'))
    })
    const parts = numbers > 0 ? [sliceAxis(x, 1, 0, numbers), ...looked] : looked
    return parts.length === 1 ? parts[0] : concat(parts, 1)
  },
}
