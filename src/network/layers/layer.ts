import { type NoiseKey, type Shape, ShapeError, type Tensor } from '../../tensor/index.ts'
import type { InputSpec, Layer, LayerKind, ParameterSpec } from '../network.ts'

/** What a layer may know of the place it stands in. */
export interface LayerPlace {
  /** The input of the whole network. */
  readonly input: InputSpec
  /** Whether its value is the network's result. */
  readonly last: boolean
}

/** A parameter or statistic with its name within the layer (`weight`, `bias`, `mean`, …). */
export type LayerParameter = ParameterSpec

/** What a layer's forward pass works with. */
export interface ForwardContext extends LayerPlace {
  /** A parameter or statistic by its name within the layer. */
  readonly get: (name: string) => Tensor
  /** Batch norm normalises with the batch's statistics, dropout drops. */
  readonly training: boolean
  /** Where noise comes from; without it nothing is dropped. */
  readonly noise?: NoiseKey
  /** Share of the training that is done, a scalar in [0, 1]; without it, all. */
  readonly progress?: Tensor
  /** A number that no other layer of the network has. */
  readonly index: number
  /** Share of the batch in new running statistics. */
  readonly momentum: number
  /** Gives a statistic its new value. */
  readonly update: (name: string, value: Tensor) => void
}

/**
 * All that is known of one kind of layer. Shapes are without the batch dimension; `forward` works on tensors with it.
 * `outputShape` throws a ShapeError whose text says what is wrong; shapes.ts adds where.
 */
export interface LayerDefinition<L extends Layer = Layer> {
  readonly kind: L['kind']
  outputShape(layer: L, inputs: readonly Shape[], place: LayerPlace): Shape
  /** Parameters and statistics for inputs of these shapes. */
  parameters(layer: L, inputs: readonly Shape[], place: LayerPlace): readonly LayerParameter[]
  /** Operations for one example; a multiply-accumulate is two. */
  flops(layer: L, inputs: readonly Shape[], output: Shape): number
  forward(layer: L, inputs: readonly Tensor[], context: ForwardContext): Tensor
}

export type LayerOf<K extends LayerKind> = Extract<Layer, { readonly kind: K }>

/** The one input of a layer. */
export function single(inputs: readonly Shape[]): Shape {
  if (inputs.length !== 1) throw new ShapeError(`wants one input, got ${inputs.length}`)
  return inputs[0]
}

/** Shape with channels first and one or two dimensions of space after them. */
export function spatial(inputs: readonly Shape[]): { readonly channels: number; readonly space: Shape } {
  const shape = single(inputs)
  if (shape.length !== 2 && shape.length !== 3) {
    throw new ShapeError(`wants [channels, height, width] or [channels, length], got ${printShape(shape)}`)
  }
  return { channels: shape[0], space: shape.slice(1) }
}

export const printShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** @throws ShapeError unless `value` is a whole number of at least `from` */
export function wholeNumber(what: string, value: number, from = 1): void {
  if (!Number.isInteger(value) || value < from) throw new ShapeError(`${what} must be a whole number of at least ${from}, got ${value}`)
}

export const weight = (shape: Shape, init: ParameterSpec['init']): LayerParameter => ({
  name: 'weight',
  shape,
  init,
  trained: true,
  decayed: true,
})

/** A trained number for each channel, without weight decay. */
export const vector = (name: string, size: number, init: ParameterSpec['init']): LayerParameter => ({
  name,
  shape: [size],
  init,
  trained: true,
  decayed: false,
})

/** A number for each channel that training keeps up to date without gradients. */
export const statistic = (name: string, size: number, init: ParameterSpec['init']): LayerParameter => ({
  name,
  shape: [size],
  init,
  trained: false,
  decayed: false,
})

export const noParameters = (): readonly LayerParameter[] => []
