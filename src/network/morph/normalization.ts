import { foreign, isSame } from './channels.ts'
import type { LayerOf, Rule } from './rule.ts'
import { spread } from './weights.ts'

/** What batch norm adds to the variance. */
const epsilon = 1e-5

const names = ['scale', 'shift', 'mean', 'variance'] as const

/**
 * A batch norm keeps its parameters and statistics, channel by channel. A new one undoes itself: its scale is the deviation and its shift the mean that it
 * takes away. With the real statistics of what it reads that is so in training, too; without them in inference only.
 */
export const batchNorm: Rule<LayerOf<'batch-norm'>> = {
  carry: (_, __, { input: { channels } }) => ({
    channels,
    positive: false,
    weights: ({ old, fresh }) => Object.fromEntries(names.map((name) => [name, spread(old(name), fresh(name), channels)])),
  }),
  insert: (_, { input: { channels, positive } }) => ({
    channels,
    positive,
    weights({ statistics }) {
      const known = (from: number): boolean => statistics !== undefined && from !== foreign
      const mean = Float32Array.from(channels, (from) => (known(from) ? (statistics?.mean[from] ?? 0) : 0))
      const variance = Float32Array.from(channels, (from) => (known(from) ? (statistics?.variance[from] ?? 1) : 1))
      return { scale: variance.map((value) => Math.sqrt(value + epsilon)), shift: mean.slice(), mean, variance }
    },
  }),
}

/** Repeated or new channels would change mean and variance over channels. */
export const layerNorm: Rule<LayerOf<'layer-norm'>> = {
  carry: (before, _, { input: { channels } }) =>
    isSame(channels, before.inputShape[0])
      ? { channels, positive: false, weights: ({ old }) => ({ scale: old('scale').data.slice(), shift: old('shift').data.slice() }) }
      : undefined,
}
