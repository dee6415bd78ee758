import {
  add,
  batchNorm,
  choice,
  conv,
  dense,
  divide,
  equals,
  type Expression,
  globalPool,
  identity,
  index,
  maxPool,
  relu,
  repeat,
  scope,
  type SearchSpace,
  separable,
  sequence,
  share,
  type Tree,
  when,
  zero,
} from '../space/index.ts'
import { convBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'residual blocks: their number, kind, kernel and width in each stage, and which of them have a skip connection'

/** Sizes that a residual network is searched in. */
export interface ResnetFrame {
  readonly stem: Tree
  /** How many times narrower the middle of a bottleneck is. */
  readonly bottleneck: number
  /** Least and most blocks, and the widths to choose from, of each stage in order; all but the first halve the extents. */
  readonly stages: readonly { readonly depth: readonly [number, number]; readonly widths: readonly number[] }[]
}

const frames = {
  laptop: {
    stem: convBlock(choice('width', [16, 32]), 3, choice('stride', [1, 2])),
    bottleneck: 2,
    stages: [
      { depth: [1, 2], widths: [16, 32] },
      { depth: [1, 3], widths: [32, 48, 64] },
      { depth: [1, 3], widths: [64, 96, 128] },
    ],
  },
  cifar: {
    stem: convBlock(choice('width', [16, 32, 64]), 3),
    bottleneck: 4,
    stages: [
      { depth: [1, 18], widths: [16, 32, 64, 160] },
      { depth: [1, 18], widths: [32, 64, 128, 320] },
      { depth: [1, 18], widths: [64, 128, 256, 640] },
    ],
  },
  imagenet: {
    stem: sequence(convBlock(choice('width', [32, 64]), 7, 2), maxPool(3, { stride: 2 })),
    bottleneck: 4,
    stages: [
      { depth: [2, 3], widths: [64, 256] },
      { depth: [2, 8], widths: [128, 512] },
      { depth: [2, 36], widths: [256, 1024] },
      { depth: [2, 3], widths: [512, 2048] },
    ],
  },
} as const satisfies Readonly<Record<string, ResnetFrame>>

/** What a block adds to its input: two convolutions, a bottleneck of 1×1, 3×3, 1×1, or two separable convolutions. */
function body(width: Expression, stride: Expression, bottleneck: number): Tree {
  const narrow = divide(width, bottleneck)
  return choice('op', {
    basic: sequence(convBlock(width, 3, stride), conv(width, 3), batchNorm()),
    bottleneck: sequence(convBlock(narrow, 1), convBlock(narrow, choice('kernel', [3, 5]), stride), conv(width, 1), batchNorm()),
    separable: sequence(separable(width, choice('kernel', [3, 5]), { stride }), batchNorm(), relu(), separable(width, 3), batchNorm()),
  })
}

const names = ['first', 'second', 'third', 'fourth', 'fifth']

function resnetTree({ stem, bottleneck, stages }: ResnetFrame): Tree {
  /** Blocks of one width; the first one makes the image smaller by the stride. */
  const stage = ({ depth, widths }: ResnetFrame['stages'][number], i: number): Tree => {
    const width = share(`${names[i]}Width`, choice('width', widths))
    const stride = i === 0 ? 1 : when(equals(index(), 0), 2, 1)
    return repeat(names[i], depth, add(body(width, stride, bottleneck), choice('skip', { yes: identity(), no: zero() })), relu())
  }
  return sequence(scope('stem', stem), ...stages.map(stage), globalPool(), dense('classes'))
}

/**
 * Residual networks (He et al. 2016) with their skip connections, kinds of block, widths and depths as decisions. A skip that changes the shape is a
 * 1×1 projection, as in the paper's option B; a bottleneck's stride is at its 3×3.
 *
 * @param frame sizes: 'laptop' for 28×28 and 32×32; 'cifar', in which ResNet-20 to 110 are points; 'imagenet', in which ResNet-18 to 152 are; your own
 */
export function resnetSpace(frame: keyof typeof frames | ResnetFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'resnet', summary, frames, tree: resnetTree, rates: [0.02, 0.05, 0.1, 0.2] }, frame)
}

export const resnet: SpaceEntry = {
  name: 'resnet',
  summary,
  paper: 'He, Zhang, Ren, Sun 2016, arXiv:1512.03385',
  kinds: ['image', 'signal'],
  make: () => resnetSpace(),
  frames: { cifar: () => resnetSpace('cifar'), imagenet: () => resnetSpace('imagenet') },
}
