import { reshape } from '../ops/shape.ts'
import { sliceAxis } from '../ops/window.ts'
import { ShapeError } from '../shapes.ts'
import { type Shape, sizeOf, type Tensor } from '../tensor.ts'

/** Named tensors with their values. */
export type NamedValues = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>

/** Where each named tensor lies in one flat vector. */
export interface Packing {
  readonly size: number
  readonly entries: readonly { readonly name: string; readonly shape: Shape; readonly offset: number }[]
}

/**
 * Lays named tensors one after another in a flat vector, in the order given.
 * @throws ShapeError when a name comes twice
 */
export function packing(tensors: readonly { readonly name: string; readonly shape: Shape }[]): Packing {
  const names = new Set<string>()
  let size = 0
  const entries = tensors.map(({ name, shape }) => {
    if (names.has(name)) throw new ShapeError(`packing: ${name} comes twice`)
    names.add(name)
    const offset = size
    size += sizeOf(shape)
    return { name, shape: [...shape], offset }
  })
  return { size, entries }
}

/** In the graph: the named tensors of a flat vector. */
export const unpacked = ({ entries }: Packing, vector: Tensor): Map<string, Tensor> =>
  new Map(entries.map(({ name, shape, offset }) => [name, reshape(sliceAxis(vector, 0, offset, offset + sizeOf(shape)), shape)]))

/**
 * Values as one flat vector.
 * @throws ShapeError naming the tensor that is missing or has another shape
 */
export function packValues({ size, entries }: Packing, values: NamedValues): Float32Array {
  const vector = new Float32Array(size)
  for (const { name, shape, offset } of entries) {
    const value = values.get(name)
    if (!value) throw new ShapeError(`there is no value for ${name}`)
    if (value.data.length !== sizeOf(shape) || value.shape.join() !== shape.join()) {
      throw new ShapeError(`the value of ${name} has shape [${value.shape.join(',')}], not [${shape.join(',')}]`)
    }
    vector.set(value.data, offset)
  }
  return vector
}

/** The named values of a flat vector, as copies. */
export const unpackValues = (
  { entries }: Packing,
  vector: Float32Array,
): Map<string, { readonly shape: Shape; readonly data: Float32Array }> =>
  new Map(entries.map(({ name, shape, offset }) => [name, { shape, data: vector.slice(offset, offset + sizeOf(shape)) }]))
