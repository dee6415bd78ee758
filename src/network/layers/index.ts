import type { Layer, LayerKind } from '../network.ts'
import { activation } from './activation.ts'
import { columnEmbedding } from './column-embedding.ts'
import { convolution } from './convolution.ts'
import { dense } from './dense.ts'
import type { LayerDefinition, LayerOf } from './layer.ts'
import { batchNorm, layerNorm } from './normalization.ts'
import { averagePool, globalAveragePool, maxPool } from './pooling.ts'
import { lastStep, recurrent } from './recurrent.ts'
import { squeezeExcite } from './squeeze-excite.ts'
import { add, concat, dropout, dropPath, flatten, identity, shift, takeChannels, zero } from './structure.ts'
import { tokenEmbedding } from './token-embedding.ts'

/** A definition for every kind of layer. */
export const layers: { readonly [K in LayerKind]: LayerDefinition<LayerOf<K>> } = {
  convolution,
  dense,
  'batch-norm': batchNorm,
  'layer-norm': layerNorm,
  activation,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'squeeze-excite': squeezeExcite,
  'global-average-pool': globalAveragePool,
  flatten,
  dropout,
  'drop-path': dropPath,
  identity,
  zero,
  shift,
  'take-channels': takeChannels,
  add,
  concat,
  'column-embedding': columnEmbedding,
  'token-embedding': tokenEmbedding,
  recurrent,
  'last-step': lastStep,
}

/** The definition of a layer, to be used with that layer. */
export const definitionOf = <L extends Layer>(layer: L): LayerDefinition<L> => layers[layer.kind] as unknown as LayerDefinition<L>
