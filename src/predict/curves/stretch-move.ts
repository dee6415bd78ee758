import type { Random } from '../../space/index.ts'

/** What is sampled from. */
export interface SampledDensity {
  /** Places of a position that move together; each should hold fewer places than half the walkers. */
  readonly blocks: readonly (readonly number[])[]
  /**
   * Logarithm of the density, up to a constant, at a walker's next position, which differs from its last one in the block alone: what does not depend on the
   * block may be kept from before. −Infinity: not allowed there.
   */
  density(position: Float64Array, walker: number, block: number): number
  /** The walker went where `density` was asked last. */
  moved?(walker: number, block: number): void
}

/** Walkers with the density where each of them stands. */
export interface Ensemble {
  readonly positions: readonly Float64Array[]
  readonly densities: Float64Array
}

/**
 * Moves each walker once in each block, by stretching its distance to another walker (Goodman and Weare 2010, the stretch move with a = 2): no step size has to
 * be chosen, however the density is scaled or slanted. A block at a time is the same move in that block's space, given all other places.
 *
 * @returns the share of moves that were accepted
 */
export function stretchAll({ positions, densities }: Ensemble, target: SampledDensity, random: Random): number {
  const walkers = positions.length
  const candidate = new Float64Array(positions[0].length)
  let accepted = 0
  for (const [block, places] of target.blocks.entries())
    for (let walker = 0; walker < walkers; walker++) {
      const own = positions[walker]
      const partner = positions[(walker + 1 + Math.floor(random.next() * (walkers - 1))) % walkers]
      // Density of a stretch by z: proportional to 1/√z between 1/2 and 2.
      const z = (random.next() + 1) ** 2 / 2
      candidate.set(own)
      for (const place of places) candidate[place] = partner[place] + z * (own[place] - partner[place])
      const density = target.density(candidate, walker, block)
      const logRatio = (places.length - 1) * Math.log(z) + density - densities[walker]
      if (!(logRatio >= 0 || Math.log(random.next()) < logRatio)) continue
      own.set(candidate)
      densities[walker] = density
      target.moved?.(walker, block)
      accepted++
    }
  return accepted / (walkers * target.blocks.length)
}
