import type { BatchSource } from '../data/dataset.ts'
import { findMorph, inheritByName, type Network, type Weights } from '../network/index.ts'
import { channelStatistics } from '../train/index.ts'
import type { Bench } from './bench.ts'
import type { Inherited } from './events.ts'

/** A trained network from which another one begins. */
export interface Ancestor {
  /** The trial's. */
  readonly number: number
  readonly network: Network
  readonly weights: Weights
}

/**
 * First weights of a network from those of its trained parent. Where the network has grown out of the parent by morphisms it begins as the same function;
 * else it takes over every parameter that fits by name, and the rest is fresh.
 *
 * @param seed of what is fresh
 */
export async function beginFrom(
  bench: Bench,
  { number: from, network: parent, weights }: Ancestor,
  network: Network,
  batches: BatchSource,
  seed: number,
): Promise<{ readonly weights: Weights; readonly inherited: Inherited }> {
  const morph = findMorph(parent, network)
  if (morph === undefined) {
    const begun = inheritByName(weights, network, seed)
    return { weights: begun.weights, inherited: { from, how: 'name', share: begun.share } }
  }
  const { runtime, dataset, threads, shared, device, cache } = bench
  const session = { runtime, dataset, threads, shared, device, cache }
  const statistics =
    morph.reads.length === 0 ? undefined : await channelStatistics({ ...session, network: parent, weights, batches, paths: morph.reads })
  const begun = morph.weights(weights, seed, statistics)
  return { weights: begun.weights, inherited: { from, how: 'morph', share: begun.share, changes: morph.changes } }
}
