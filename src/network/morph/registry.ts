import type { Layer, LayerKind } from '../network.ts'
import { convolution } from './convolution.ts'
import { dense } from './dense.ts'
import { batchNorm, layerNorm } from './normalization.ts'
import { activation, channelwise, copied, flatten, takeChannels } from './plain.ts'
import type { LayerOf, Rule } from './rule.ts'
import { squeezeExcite } from './squeeze-excite.ts'

/** Layers that give what they read wherever nothing is dropped. */
export const transparent: readonly LayerKind[] = ['identity', 'dropout', 'drop-path']

/** How each kind of layer is morphed; sums and concatenations, which read several values, are in merge.ts. */
const rules: { readonly [K in Exclude<LayerKind, 'add' | 'concat' | 'identity' | 'dropout' | 'drop-path'>]: Rule<LayerOf<K>> } = {
  convolution,
  dense,
  'batch-norm': batchNorm,
  'layer-norm': layerNorm,
  activation,
  'squeeze-excite': squeezeExcite,
  'max-pool': channelwise,
  'average-pool': channelwise,
  'global-average-pool': channelwise,
  'last-step': channelwise,
  shift: channelwise,
  zero: channelwise,
  flatten,
  'take-channels': takeChannels,
  'column-embedding': copied,
  'token-embedding': copied,
  recurrent: copied,
}

/** The rule of a layer, to be used with that layer. */
export const ruleOf = <L extends Layer>(layer: L): Rule<L> => (rules as Readonly<Record<string, Rule<L>>>)[layer.kind] ?? {}
