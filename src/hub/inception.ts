import {
  batchNorm,
  choice,
  concat,
  conv,
  dense,
  dropout,
  type Expression,
  globalPool,
  identity,
  int,
  maxPool,
  relu,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  type Tree,
} from '../space/index.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'inception modules: their number, the width of each of four branches, the kernel of the third, norm'

/** Sizes that an inception network is searched in. */
export interface InceptionFrame {
  readonly stem: Tree
  /** Least and most modules of each stage, in order; between two stages the extents are halved. */
  readonly stages: readonly (readonly [number, number])[]
  /** Widths of the branches, each [from, to, step]: 1×1; 1×1 and 3×3; 1×1 and the larger kernel; 1×1 after the pooling. */
  readonly widths: Readonly<Record<'one' | 'threeReduce' | 'three' | 'largeReduce' | 'large' | 'pool', readonly [number, number, number]>>
}

const norm = share('norm', choice('norm', { none: identity(), batch: batchNorm() }))
const unit = (channels: Expression, kernel: Expression, stride = 1): Tree => sequence(conv(channels, kernel, { stride }), norm, relu())

const frames = {
  laptop: {
    stem: unit(choice('width', [16, 32]), 3, 2),
    stages: [
      [1, 2],
      [1, 3],
    ],
    widths: {
      one: [16, 48, 16],
      threeReduce: [16, 32, 16],
      three: [16, 64, 16],
      largeReduce: [16, 32, 16],
      large: [16, 32, 16],
      pool: [16, 32, 16],
    },
  },
  imagenet: {
    stem: sequence(unit(64, 7, 2), maxPool(3, { stride: 2 }), unit(64, 1), unit(192, 3), maxPool(3, { stride: 2 })),
    stages: [
      [1, 3],
      [1, 6],
      [1, 3],
    ],
    widths: {
      one: [64, 384, 16],
      threeReduce: [64, 192, 16],
      three: [96, 384, 16],
      largeReduce: [16, 48, 8],
      large: [32, 128, 16],
      pool: [32, 128, 16],
    },
  },
} as const satisfies Readonly<Record<string, InceptionFrame>>

/** Four branches over one input, joined: 1×1; 3×3; a larger kernel, as one or as two 3×3 (Szegedy et al. 2016, arXiv:1512.00567); pooling. */
function inceptionModule(widths: InceptionFrame['widths']): Tree {
  const among = (name: string, [from, to, step]: readonly [number, number, number]): Expression => int(name, from, to, { step })
  const large = (kernel: Expression): Tree => unit(among('width', widths.large), kernel)
  return concat({
    one: unit(among('width', widths.one), 1),
    three: sequence(unit(among('reduce', widths.threeReduce), 1), unit(among('width', widths.three), 3)),
    large: sequence(
      unit(among('reduce', widths.largeReduce), 1),
      choice('kernel', { k5: large(5), k3: large(3), k3k3: sequence(large(3), unit('same', 3)) }),
    ),
    pool: sequence(maxPool(3, { stride: 1 }), unit(among('width', widths.pool), 1)),
  })
}

const names = ['first', 'second', 'third', 'fourth', 'fifth']

function inceptionTree({ stem, stages, widths }: InceptionFrame): Tree {
  const stage = (depth: readonly [number, number], i: number): Tree => {
    const modules = repeat(names[i], depth, inceptionModule(widths))
    return i + 1 < stages.length ? sequence(modules, maxPool(3, { stride: 2 })) : modules
  }
  const drop = dropout(choice('dropout', [0, 0.2, 0.4]))
  return sequence(scope('stem', stem), ...stages.map(stage), globalPool(), drop, dense('classes'))
}

/**
 * Inception networks (Szegedy et al. 2015): modules whose branches' widths are decisions, without auxiliary classifiers and local response norm.
 *
 * @param frame sizes: 'laptop' for 28×28 and 32×32, 'imagenet' in which GoogLeNet is a point, or your own
 */
export function inceptionSpace(frame: keyof typeof frames | InceptionFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'inception', summary, frames, tree: inceptionTree, rates: [0.01, 0.02, 0.05, 0.1] }, frame)
}

export const inception: SpaceEntry = {
  name: 'inception',
  summary,
  paper: 'Szegedy et al. 2015, arXiv:1409.4842',
  kinds: ['image', 'signal'],
  make: () => inceptionSpace(),
  frames: { imagenet: () => inceptionSpace('imagenet') },
}
