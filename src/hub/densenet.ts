import {
  add,
  averagePool,
  batchNorm,
  choice,
  concat,
  conv,
  dense,
  type Expression,
  globalPool,
  identity,
  maxPool,
  relu,
  repeat,
  roundTo,
  scope,
  separable,
  type SearchSpace,
  sequence,
  share,
  times,
  type Tree,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'dense blocks: growth, number and kind of layers, and whether each joins, adds or replaces what came before'

/** Sizes that a densely connected network is searched in. */
export interface DensenetFrame {
  readonly stem: Tree
  /** Channels that a layer adds. */
  readonly growths: readonly number[]
  /** Width of a bottleneck's 1×1 convolution in growths. */
  readonly bottleneck: number
  /** Least and most layers of each block, in order; between two blocks the extents are halved. */
  readonly blocks: readonly (readonly [number, number])[]
  /** Channels after a transition are a multiple of this. */
  readonly multiple: number
}

const frames = {
  laptop: {
    stem: convBlock(choice('width', [16, 32]), 3, choice('stride', [1, 2])),
    growths: [16, 32],
    bottleneck: 1,
    blocks: [
      [1, 2],
      [1, 3],
      [1, 4],
    ],
    multiple: 16,
  },
  cifar: {
    stem: conv(choice('width', [16, 24, 48, 80]), 3, { bias: false }),
    growths: [12, 24, 40],
    bottleneck: 4,
    blocks: [
      [4, 32],
      [4, 32],
      [4, 32],
    ],
    multiple: 1,
  },
  imagenet: {
    stem: sequence(convBlock(choice('width', [64, 96]), 7, 2), maxPool(3, { stride: 2 })),
    growths: [32, 48],
    bottleneck: 4,
    blocks: [
      [2, 6],
      [2, 12],
      [2, 48],
      [2, 32],
    ],
    multiple: 1,
  },
} as const satisfies Readonly<Record<string, DensenetFrame>>

/** Batch norm and ReLU come before a convolution, as in the paper. */
const before = (...convolutions: readonly Tree[]): Tree => sequence(...convolutions.flatMap((tree) => [batchNorm(), relu(), tree]))

/** What a layer adds to the state: a convolution of the growth's width, straight, behind a 1×1 bottleneck, or separable. */
function body(growth: Expression, bottleneck: number): Tree {
  const plain = { bias: false }
  return choice('op', {
    conv: before(conv(growth, 3, plain)),
    bottleneck: before(conv(times(growth, bottleneck), 1), conv(growth, choice('kernel', [3, 5]), plain)),
    separable: before(separable(growth, choice('kernel', [3, 5, 7]), plain)),
  })
}

/** Halves the extents, and the channels if so decided. */
function transition(name: string, multiple: number): Tree {
  const kept = choice('compression', [0.5, 1])
  return scope(name, batchNorm(), relu(), conv(roundTo(times('same', kept), multiple), 1, { bias: false }), averagePool(2))
}

const names = ['first', 'second', 'third', 'fourth', 'fifth']

function densenetTree({ stem, growths, bottleneck, blocks, multiple }: DensenetFrame): Tree {
  const growth = share('growth', choice('growth', growths))
  /** A block of layers; each one's result is joined with the state (dense), added to it (skip), or takes its place (none). */
  const block = (depth: readonly [number, number], i: number): Tree => {
    const made = (): Tree => body(growth, bottleneck)
    const connect = choice('connect', { dense: concat(identity(), made()), skip: add(identity(), made()), none: made() })
    const layers = repeat(names[i], depth, connect)
    return i + 1 < blocks.length ? sequence(layers, transition(`${names[i]}Transition`, multiple)) : layers
  }
  return sequence(scope('stem', stem), ...blocks.map(block), batchNorm(), relu(), globalPool(), dense('classes'))
}

/**
 * Densely connected networks (Huang et al. 2017) whose connections, growth, depths and compression are decisions.
 *
 * @param frame sizes: 'laptop' for 28×28 and 32×32; 'cifar', in which DenseNet-BC (100 layers, growth 12) is a point; 'imagenet', in which
 * DenseNet-121 to 201 are; or your own
 */
export function densenetSpace(frame: keyof typeof frames | DensenetFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'densenet', summary, frames, tree: densenetTree, rates: [0.02, 0.05, 0.1, 0.2] }, frame)
}

export const densenet: SpaceEntry = {
  name: 'densenet',
  summary,
  paper: 'Huang, Liu, van der Maaten, Weinberger 2017, arXiv:1608.06993',
  kinds: ['image', 'signal'],
  make: () => densenetSpace(),
  frames: { cifar: () => densenetSpace('cifar'), imagenet: () => densenetSpace('imagenet') },
}
