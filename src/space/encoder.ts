import { adjacencyEncoder } from './encode-adjacency.ts'
import { decisionEncoder } from './encode-decisions.ts'
import { pathEncoder } from './encode-paths.ts'
import { SpaceError } from './error.ts'
import { frameOf } from './cell-frame.ts'
import type { Architecture, SearchSpace } from './types.ts'

/** What a predictor can read: the decisions themselves, the cell's adjacency matrix with its operations, or the paths through the cell. */
export type EncodingKind = 'decision' | 'adjacency' | 'path'

/** Makes vectors of one length from the architectures of a space; entries lie in 0 to 1. */
export interface Encoder {
  readonly kind: EncodingKind
  readonly length: number
  encode(architecture: Architecture): Float64Array
}

export interface EncoderOptions {
  /** Paths only: so many features, those of the shortest paths first; they are the likeliest (White, Neiswanger and Savani 2021). Default: all. */
  readonly truncate?: number
}

/** The encodings that a space has: 'decision' always, the others where shared cells of plain operations hold all decisions. */
export function encodings(space: SearchSpace): readonly EncodingKind[] {
  return frameOf(space.definition) === undefined ? ['decision'] : ['decision', 'adjacency', 'path']
}

/**
 * Encodes a space's architectures as vectors of fixed length.
 *
 * - 'decision' works for any space: each possible decision has its places, zero where it is not active. Choices are one-hot, numbers lie in 0 to 1 on
 *   their scale, behind a one for "active" where they may be inactive; inputs are a bit a source.
 * - 'adjacency': upper triangle of the cell's adjacency matrix over all places of an operation, and the operations one-hot.
 * - 'path': which sequences of operations lead from input to output (BANANAS; White, Neiswanger and Savani 2021, arXiv:1910.11858).
 *
 * @throws SpaceError when the space has no such encoding (see `encodings`)
 */
export function encoder(space: SearchSpace, kind: EncodingKind, options: EncoderOptions = {}): Encoder {
  if (kind === 'decision') return decisionEncoder(space.definition)
  const frame = frameOf(space.definition)
  if (frame === undefined)
    throw new SpaceError(
      `The space "${space.name}" has no ${kind} encoding, for its decisions are not all choices of plain operations in shared cells: take 'decision'.`,
    )
  return kind === 'adjacency' ? adjacencyEncoder(space.definition, frame) : pathEncoder(space.definition, frame, options.truncate)
}
