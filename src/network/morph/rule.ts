import type { Shape } from '../../tensor/index.ts'
import type { Layer } from '../network.ts'
import type { Part } from '../part.ts'
import type { RandomStream } from '../random.ts'
import type { Channels } from './channels.ts'

export type { LayerOf } from '../layers/layer.ts'

/** What a value of the child shows of the parent. */
export interface Image {
  /** Path of the parent's node whose value it is; undefined: of none. */
  readonly source: string | undefined
  readonly channels: Channels
  /** Whether no value is below 0, so that a ReLU changes nothing. */
  readonly positive: boolean
}

/** Mean and variance of each channel of a value, over examples and space. */
export interface ChannelStatistics {
  readonly mean: ArrayLike<number>
  readonly variance: ArrayLike<number>
}

/** What a layer's new weights are made from. */
export interface Sources {
  /** Of the layer's parameters and statistics, within the layer. */
  readonly names: readonly string[]
  /** The parent's tensor of a name within the layer; only for layers that the parent has. */
  readonly old: (name: string) => Part
  /** Fresh values of the child's tensor of that name; may be changed. */
  readonly fresh: (name: string) => { readonly shape: Shape; readonly data: Float32Array }
  /** Of the value that the layer reads, by the PARENT's channels; undefined where they were not measured. */
  readonly statistics: ChannelStatistics | undefined
  readonly random: RandomStream
}

export type NewWeights = Readonly<Record<string, Float32Array>>

/** How a layer gives its part of the parent's function. */
export interface Kept {
  readonly channels: Channels
  readonly positive: boolean
  /** Absent for layers without parameters. */
  readonly weights?: (sources: Sources) => NewWeights
}

/** A layer of the child with one input. */
export interface Place {
  readonly input: Image
  /** Shapes in the child, without the batch dimension. */
  readonly inputShape: Shape
  readonly outputShape: Shape
}

/** The same layer in the parent. */
export interface Before<L extends Layer> {
  readonly layer: L
  readonly inputShape: Shape
  readonly outputShape: Shape
}

/** How a kind of layer with one input is morphed; undefined: the function cannot be kept. */
export interface Rule<L extends Layer = Layer> {
  /** The layer is in the parent, too, and reads there what its input shows. */
  readonly carry?: (before: Before<L>, layer: L, place: Place) => Kept | undefined
  /** The layer is new: it gives what it reads. */
  readonly insert?: (layer: L, place: Place) => Kept | undefined
}
