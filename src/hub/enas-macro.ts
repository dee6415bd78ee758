import {
  averagePool,
  batchNorm,
  choice,
  conv,
  dense,
  dropout,
  globalPool,
  graph,
  inputs,
  maxPool,
  type NodeDeclaration,
  scope,
  type SearchSpace,
  sequence,
  space,
  type Tree,
} from '../space/index.ts'
import { convBlock, separableBlock } from './blocks.ts'
import { factorisedReduction } from './cell-operations.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'

const layers = 12
const frame = { channels: 16 }
const summary = 'the macro space of ENAS: twelve layers, each one of six operations, with any skip connections between them'

/** Every operation begins with a 1×1 convolution. In the order of the published numbers. */
const operations = (channels: number): Readonly<Record<string, Tree>> => {
  const first = convBlock(channels, 1)
  return {
    conv_3x3: sequence(first, convBlock(channels, 3)),
    sep_conv_3x3: sequence(first, separableBlock(channels, 3)),
    conv_5x5: sequence(first, convBlock(channels, 5)),
    sep_conv_5x5: sequence(first, separableBlock(channels, 5)),
    avg_pool_3x3: sequence(first, averagePool(3, { stride: 1 })),
    max_pool_3x3: sequence(first, maxPool(3, { stride: 1 })),
  }
}
const names = Object.keys(operations(1))

/** The published notation: a layer's operation and, for each layer before it, whether it is added; all in one row. */
function published(text: string): string | undefined {
  const numbers = text.trim().split(/\s+/).map(Number)
  if (numbers.length !== layers + (layers * (layers - 1)) / 2 || !numbers.every(Number.isInteger)) return undefined
  let at = 0
  const printed = Array.from({ length: layers }, (_, i) => {
    const operation = names[numbers[at]] ?? String(numbers[at])
    const taken = numbers.slice(at + 1, at + 1 + i).flatMap((bit, source) => (bit === 0 ? [] : [source]))
    at += i + 1
    return `op${i + 1}(op=${operation})${i === 0 ? '' : ` layer${i + 1}(inputs=${taken.length === 0 ? 'none' : taken.join(',')})`}`
  })
  return `layers(${printed.join(' ')})`
}

/**
 * The macro space of ENAS (Pham et al. 2018): 6^12 · 2^66 networks of twelve layers. A layer's operation reads the layer before; any layers before it
 * are added to what it gives. After one and two thirds of the layers all that was made so far is halved by factorised reductions. Architectures may be
 * written as the published row of numbers, too.
 *
 * @param options.channels channels of every layer (the paper's: 36 in search)
 */
export function enasMacroSpace(options: Frame = {}): SearchSpace {
  const { channels } = { ...frame, ...options }
  const pools = [Math.floor(layers / 3), 2 * Math.floor(layers / 3)]
  const nodes: Record<string, NodeDeclaration> = {}
  /** Nodes that hold the layers so far, at the present extents; the first is the stem. */
  let sources = ['input']
  for (let i = 0; i < layers; i++) {
    if (i > 0 && pools.includes(i))
      sources = sources.map((source) => {
        const name = `${source}Half${pools.indexOf(i) + 1}`
        nodes[name] = { inputs: inputs({ from: [source] }), body: factorisedReduction(channels) }
        return name
      })
    const [operation, layer] = [`op${i + 1}`, `layer${i + 1}`]
    nodes[operation] = { inputs: inputs({ from: [sources[i]] }), body: choice('op', operations(channels)) }
    nodes[layer] = { inputs: inputs({ always: [operation], from: sources.slice(1), count: [0, i] }), body: batchNorm() }
    sources.push(layer)
  }
  return space(
    'enas-macro',
    sequence(scope('stem', conv(channels, 3), batchNorm()), scope('layers', graph(nodes)), globalPool(), dropout(0.1), dense('classes')),
    { summary, notations: [published] },
  )
}

export const enasMacro: SpaceEntry = {
  name: 'enas-macro',
  summary,
  paper: 'Pham, Guan, Zoph, Le, Dean 2018, arXiv:1802.03268',
  kinds: ['image', 'signal'],
  frame,
  make: enasMacroSpace,
}
