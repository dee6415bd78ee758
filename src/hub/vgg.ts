import {
  atMost,
  averagePool,
  batchNorm,
  choice,
  conv,
  dense,
  dropout,
  flatten,
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
  when,
} from '../space/index.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'plain stacks of convolutions: stages, layers, widths, kernels, norm, pooling, strided stem, dense or pooled head'

/** Sizes that a plain network is searched in. */
export interface VggFrame {
  /** What a stem that makes the image smaller at once looks like. */
  readonly stem: {
    readonly widths: readonly number[]
    readonly kernels: readonly number[]
    readonly stride: number
    readonly padding: number
  }
  /** Widths and the most layers of each stage, in order; from `least` on a stage may be left out. */
  readonly stages: readonly { readonly widths: readonly number[]; readonly depth: number }[]
  readonly least: number
  /** Widths of the dense layers before the classifier. */
  readonly units: readonly number[]
}

const wide = [64, 96, 128, 192, 256, 384, 512]

const frames = {
  laptop: {
    stem: { widths: [16, 32], kernels: [5, 7], stride: 2, padding: 2 },
    stages: [
      { widths: [16, 32], depth: 2 },
      { widths: [32, 64, 96], depth: 3 },
      { widths: [64, 96, 128], depth: 3 },
    ],
    least: 2,
    units: [64, 128, 256],
  },
  imagenet: {
    stem: { widths: [64, 96], kernels: [7, 11], stride: 4, padding: 2 },
    stages: [2, 3, 4, 4, 4].map((depth) => ({ widths: wide, depth })),
    least: 2,
    units: [1024, 2048, 4096],
  },
} as const satisfies Readonly<Record<string, VggFrame>>

const norm = share('norm', choice('norm', { none: identity(), batch: batchNorm() }))
const pool = share('pool', choice('pool', { max2: maxPool(2), max3: maxPool(3, { stride: 2, padding: 0 }), average2: averagePool(2) }))
const names = ['first', 'second', 'third', 'fourth', 'fifth']

function vggTree({ stem, stages, least, units }: VggFrame): Tree {
  const { stride, padding } = stem
  const strided = conv(choice('width', stem.widths), choice('kernel', stem.kernels), { stride, padding })
  const count = share('stages', int('stages', least, stages.length))
  const stage = (i: number): Tree => {
    const { widths, depth } = stages[i]
    return scope(names[i], repeat('depth', [1, depth], conv(choice('width', widths), choice('kernel', [1, 3, 5])), norm, relu()), pool)
  }
  const drop = dropout(share('dropout', choice('dropout', [0, 0.25, 0.5])))
  return sequence(
    choice('stem', { none: identity(), strided: sequence(strided, norm, relu(), pool) }),
    ...stages.map((_, i) => (i < least ? stage(i) : when(atMost(i + 1, count), stage(i)))),
    choice('head', {
      global: sequence(globalPool(), drop),
      dense: sequence(flatten(), repeat('layers', [1, 2], dense(choice('units', units)), relu(), drop)),
    }),
    dense('classes'),
  )
}

/**
 * Plain convolutional networks, as AlexNet (Krizhevsky et al. 2012; its one-tower form, Krizhevsky 2014, arXiv:1404.5997) and VGG (Simonyan and
 * Zisserman 2014) are: a stem, stages of convolutions with a pooling after each, dense layers.
 *
 * @param frame sizes: 'laptop' for 28×28 and 32×32, 'imagenet' in which AlexNet and VGG-11 to 19 are points, or your own
 */
export function vggSpace(frame: keyof typeof frames | VggFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'vgg', summary, frames, tree: vggTree, rates: [0.01, 0.02, 0.05, 0.1] }, frame)
}

export const vgg: SpaceEntry = {
  name: 'vgg',
  summary,
  paper: 'Simonyan and Zisserman 2014, arXiv:1409.1556',
  kinds: ['image', 'signal'],
  make: () => vggSpace(),
  frames: { imagenet: () => vggSpace('imagenet') },
}
