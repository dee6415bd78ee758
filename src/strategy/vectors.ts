import { type Architecture, encoder, encodings, type SearchSpace } from '../space/index.ts'

/** Longest path encoding; of larger ones the shortest paths are taken, which are the likeliest. */
const PATHS = 512

/** Vectors of a space's architectures: its decisions and, where it has them, the paths through its cell. */
export function vectors(space: SearchSpace): (architecture: Architecture) => Float64Array {
  const encoders = [encoder(space, 'decision')]
  if (encodings(space).includes('path')) encoders.push(encoder(space, 'path', { truncate: PATHS }))
  const length = encoders.reduce((sum, part) => sum + part.length, 0)
  return (architecture) => {
    const vector = new Float64Array(length)
    let at = 0
    for (const part of encoders) {
      vector.set(part.encode(architecture), at)
      at += part.length
    }
    return vector
  }
}
