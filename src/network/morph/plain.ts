import { sizeOf } from '../../tensor/index.ts'
import type { Layer } from '../network.ts'
import { flattened, foreign, isSame, sameChannels } from './channels.ts'
import type { LayerOf, Rule } from './rule.ts'

const equal = (a: Layer, b: Layer): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Layers that take each channel by itself and have no parameters stay as they are. */
export const channelwise: Rule = {
  carry: ({ layer }, after, { input: { channels, positive } }) => (equal(layer, after) ? { channels, positive } : undefined),
}

const keepsSign: readonly string[] = ['relu', 'sigmoid']

/** A ReLU changes nothing of what is not below 0. */
export const activation: Rule<LayerOf<'activation'>> = {
  carry: ({ layer }, after, { input: { channels } }) =>
    layer.activation === after.activation ? { channels, positive: keepsSign.includes(after.activation) } : undefined,
  insert: ({ activation: kind }, { input: { channels, positive } }) => (kind === 'relu' && positive ? { channels, positive } : undefined),
}

/** The values of a channel follow one another. */
export const flatten: Rule<LayerOf<'flatten'>> = {
  carry({ inputShape: before }, _, { input: { channels, positive }, inputShape: after }) {
    const size = sizeOf(after.slice(1))
    return size === sizeOf(before.slice(1)) ? { channels: flattened(channels, size), positive } : undefined
  },
}

/** Of the channels that are taken, those that the parent takes, too. */
export const takeChannels: Rule<LayerOf<'take-channels'>> = {
  carry: ({ layer }, after, { input: { channels, positive } }) => ({
    channels: channels.slice(0, after.channels).map((from) => (from < layer.channels ? from : foreign)),
    positive,
  }),
}

/** Layers whose parameters are copied, or nothing is kept. */
export const copied: Rule = {
  carry({ layer, inputShape, outputShape }, after, { input: { channels }, outputShape: gives }) {
    if (!equal(layer, after) || !isSame(channels, inputShape[0]) || gives.join() !== outputShape.join()) return undefined
    return {
      channels: sameChannels(gives[0]),
      positive: false,
      weights: ({ names, old }) => Object.fromEntries(names.map((name) => [name, old(name).data.slice()])),
    }
  },
}
