import { sequence } from './builders.ts'
import type { Expression } from './expression.ts'
import type { LayerTree, SequenceTree } from './tree.ts'

/** Options of a convolution; each may be an expression. */
export interface ConvolutionOptions {
  /** Extent of the kernel along an image's width; default: as along its height. Signals have the height alone. */
  readonly width?: Expression
  readonly stride?: Expression
  readonly dilation?: Expression
  readonly groups?: Expression
  /** Default: none when a batch norm follows at once, which would undo it. */
  readonly bias?: boolean
  /** Zeros on every side, 0 or more and less than the window. Default: 'same', with which stride s gives ⌈extent / s⌉. */
  readonly padding?: Expression
  /** Segment of the layer's path; default 'conv'. */
  readonly name?: string
}

const layer = (kind: LayerTree['layer'], segment: string, fields: LayerTree['fields'] = {}): LayerTree => ({
  kind: 'layer',
  layer: kind,
  segment,
  fields,
})

/** Convolution to so many channels, padded so that stride 1 keeps the extent; over the length of a signal, the height and width of an image. */
export function conv(channels: Expression, kernel: Expression, options: ConvolutionOptions = {}): LayerTree {
  const { width, stride = 1, dilation = 1, groups = 1, bias = 'auto', padding = 'auto', name = 'conv' } = options
  const fields = { channels, kernel, stride, dilation, groups, bias, padding }
  return layer('convolution', name, width === undefined ? fields : { ...fields, width })
}

/** Depthwise convolution: each channel by itself. */
export function depthwise(kernel: Expression, options: Omit<ConvolutionOptions, 'groups'> = {}): LayerTree {
  return conv('same', kernel, { name: 'depthwise', ...options, groups: 'same' })
}

/** Depthwise-separable convolution: a depthwise convolution, then 1×1 to so many channels. */
export function separable(
  channels: Expression,
  kernel: Expression,
  options: Omit<ConvolutionOptions, 'groups' | 'name'> = {},
): SequenceTree {
  const { bias } = options
  return sequence(depthwise(kernel, options), conv(channels, 1, { bias, name: 'pointwise' }))
}

export function dense(units: Expression, options: { readonly bias?: boolean; readonly name?: string } = {}): LayerTree {
  return layer('dense', options.name ?? 'dense', { units, bias: options.bias ?? 'auto' })
}

export function batchNorm(): LayerTree {
  return layer('batch-norm', 'norm')
}

export function layerNorm(): LayerTree {
  return layer('layer-norm', 'norm')
}

/** One of 'relu', 'gelu', 'silu', 'tanh', 'sigmoid', 'hard-swish', or a choice of those words. */
export function activation(kind: Expression): LayerTree {
  return layer('activation', 'activation', { activation: kind })
}

export function relu(): LayerTree {
  return layer('activation', 'relu', { activation: 'relu' })
}

/** Options of a pooling; each may be an expression. */
export interface PoolOptions {
  /** Default: the window's size. */
  readonly stride?: Expression
  /** So many values, which do not count, on every side. Default: 'same', with which stride s gives ⌈extent / s⌉. */
  readonly padding?: Expression
}

const pooling = (kind: 'max-pool' | 'average-pool', size: Expression, { stride = size, padding = 'auto' }: PoolOptions): LayerTree =>
  layer(kind, 'pool', { size, stride, padding })

/** Largest value of each window; stride 1 keeps the extent, and an image smaller than the window passes as it is. */
export function maxPool(size: Expression, options: PoolOptions = {}): LayerTree {
  return pooling('max-pool', size, options)
}

/** Mean of each window; stride 1 keeps the extent, and an image smaller than the window passes as it is. */
export function averagePool(size: Expression, options: PoolOptions = {}): LayerTree {
  return pooling('average-pool', size, options)
}

/**
 * Weighs each channel by what a small network makes of the means of all channels (Hu, Shen and Sun 2018, arXiv:1709.01507).
 *
 * @param squeezed width of that network, 1 or more
 */
export function squeezeExcite(squeezed: Expression, options: { readonly gate?: 'sigmoid' | 'hard-sigmoid' } = {}): LayerTree {
  return layer('squeeze-excite', 'squeeze', { squeezed, gate: options.gate ?? 'sigmoid' })
}

/** Mean over length, or height and width: [channels, …] becomes [channels]. */
export function globalPool(): LayerTree {
  return layer('global-average-pool', 'globalPool')
}

export function flatten(): LayerTree {
  return layer('flatten', 'flatten')
}

export function dropout(rate: Expression): LayerTree {
  return layer('dropout', 'dropout', { rate })
}

export function identity(): LayerTree {
  return layer('identity', 'identity')
}

/** Zeros of the input's shape: "no operation" of a cell's edge. */
export function zero(): LayerTree {
  return layer('zero', 'zero')
}

/** The first so many channels; all where there are no more. */
export function takeChannels(channels: Expression): LayerTree {
  return layer('take-channels', 'take', { channels })
}

/** Moves an image or signal by one element towards its beginning, so that a stride takes the elements that it would leave out. */
export function shift(): LayerTree {
  return layer('shift', 'shift')
}

/** Sequences of tokens: each is looked up in one table, [length] becomes the signal [width, length]. */
export function tokenEmbedding(width: Expression): LayerTree {
  return layer('token-embedding', 'embedding', { width })
}

/** A recurrent cell: what each node after the first reads ('n0' is the first), and the functions 'tanh', 'relu', 'sigmoid', 'identity'. */
export interface RecurrentCell {
  /** Function of the first node, which reads the input and the state before. */
  readonly first: Expression
  readonly nodes: readonly { readonly from: Expression; readonly activation: Expression }[]
  /** The state is the mean of all nodes after the first, or of those that no other reads. */
  readonly output: 'mean' | 'loose-ends'
}

/** A cell over the steps of a signal: [channels, length] becomes [units, length]. */
export function recurrent(units: Expression, { first, nodes, output }: RecurrentCell): LayerTree {
  const fields = nodes.flatMap(({ from, activation }, i) => [[`from${i + 1}`, from] as const, [`activation${i + 1}`, activation] as const])
  return layer('recurrent', 'recurrent', { units, output, nodes: nodes.length, activation0: first, ...Object.fromEntries(fields) })
}

/** The last step of a signal: [channels, length] becomes [channels]. */
export function lastStep(): LayerTree {
  return layer('last-step', 'last')
}

/** Tables: numbers and an embedding of so many values for each category, joined to one vector. */
export function columnEmbedding(width: Expression): LayerTree {
  return layer('column-embedding', 'embedding', { width })
}
