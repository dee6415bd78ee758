import { definitionOf } from '../network/layers/index.ts'
import type { InputSpec, Layer } from '../network/network.ts'
import { SpaceError } from './error.ts'

/** Layers that only make sense where there is space. */
const spatial: ReadonlySet<Layer['kind']> = new Set(['convolution', 'max-pool', 'average-pool', 'squeeze-excite', 'shift'])

/**
 * Shape, without the batch, of what a layer gives.
 *
 * @throws SpaceError when the layer cannot read such a value
 */
export function outputShape(path: string, layer: Layer, inputs: readonly (readonly number[])[], input: InputSpec): readonly number[] {
  const [first] = inputs
  if (spatial.has(layer.kind) && first.length === 1)
    throw new SpaceError(
      `${path}: a ${layer.kind} layer needs an image or a signal, but gets a vector of ${first[0]}. Take a space for tables, such as mlp, or put the layer before globalPool().`,
    )
  try {
    return definitionOf(layer).outputShape(layer, inputs, { input, last: false })
  } catch (error) {
    throw new SpaceError(`${path}: the ${layer.kind} layer ${error instanceof Error ? error.message : String(error)}.`)
  }
}
