import {
  batchNorm,
  conv,
  dense,
  globalPool,
  scope,
  sequence,
  stack,
  type NodeDeclaration,
  inputs,
  type SequenceTree,
  type Tree,
} from '../space/index.ts'
import { factorisedReduction, reluConvNorm } from './cell-operations.ts'

/** What a cell is told of the place it is made for. */
export interface CellPlace {
  readonly kind: 'normal' | 'reduction'
  readonly channels: number
  /** Whether the cell before halved the extents, so that what came before it is too large. */
  readonly afterReduction: boolean
}

/** A frame of stacked cells: how many in all, and the channels of the first. */
export interface CellFrameOptions {
  readonly cells: number
  readonly channels: number
}

/** The two nodes that a cell begins with: what it reads, brought to its channels and extents. `s0` is from the cell before the last, `s1` from the last. */
export function preprocess({ channels, afterReduction }: CellPlace): Readonly<Record<'s0' | 's1', NodeDeclaration>> {
  return {
    s0: { inputs: inputs({ from: ['before'] }), body: afterReduction ? factorisedReduction(channels) : reluConvNorm(channels, 1) },
    s1: { inputs: inputs({ from: ['input'] }), body: reluConvNorm(channels, 1) },
  }
}

/** Stride of what a cell's node does to a source: reduction cells halve the extents of what they read. */
export const strideFrom = ({ kind }: CellPlace, source: string): number => (kind === 'reduction' && /^s[01]$/.test(source) ? 2 : 1)

/**
 * The network of NASNet, ENAS and DARTS for small images: a stem of three times the channels, cells of which those after one and two thirds halve the
 * extents and double the channels, a global pooling and a classifier.
 */
export function stackedCells(options: CellFrameOptions, make: (place: CellPlace) => Tree): SequenceTree {
  const { cells } = options
  const reductions = [Math.floor(cells / 3), Math.floor((2 * cells) / 3)]
  let { channels } = options
  const places = Array.from({ length: cells }, (_, i): CellPlace => {
    const kind = reductions.includes(i) ? 'reduction' : 'normal'
    if (kind === 'reduction') channels *= 2
    return { kind, channels, afterReduction: reductions.includes(i - 1) }
  })
  return sequence(
    scope('stem', conv(3 * options.channels, 3), batchNorm()),
    stack('cells', ...places.map(make)),
    globalPool(),
    dense('classes'),
  )
}
