import {
  activation,
  add,
  batchNorm,
  choice,
  conv,
  dense,
  dropout,
  equals,
  type Expression,
  globalPool,
  identity,
  index,
  int,
  repeat,
  residual,
  scope,
  type SearchSpace,
  sequence,
  share,
  times,
  type Tree,
  when,
  zero,
} from '../space/index.ts'
import { byEight, inverted } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'MobileNetV3 with elastic depth of each stage, kernel and expansion of each layer, and width: once-for-all'

/** The network around the elastic layers, and what they may be. */
export interface OfaFrame {
  /** Channels and stride of the first convolution; its channels are those of the fixed layer after it, too. */
  readonly stem: readonly [channels: number, stride: number]
  readonly stages: readonly {
    readonly channels: number
    readonly stride: number
    readonly act: 'relu' | 'hard-swish'
    readonly squeeze: boolean
  }[]
  /** Least and most layers of a stage. */
  readonly depth: readonly [number, number]
  readonly kernels: readonly number[]
  readonly expansions: readonly number[]
  /** Factors of all widths; one is no decision. */
  readonly widths: readonly number[]
  /** Channels of the last 1×1 convolution, and of the dense layer after the pooling. */
  readonly head: readonly [number, number]
}

const stage = (channels: number, stride: number, act: 'relu' | 'hard-swish', squeeze: boolean): OfaFrame['stages'][number] => ({
  channels,
  stride,
  act,
  squeeze,
})

const large = {
  stem: [16, 2],
  stages: [
    stage(24, 2, 'relu', false),
    stage(40, 2, 'relu', true),
    stage(80, 2, 'hard-swish', false),
    stage(112, 1, 'hard-swish', true),
    stage(160, 2, 'hard-swish', true),
  ],
  depth: [2, 4],
  widths: [1],
  head: [960, 1280],
} as const

const frames = {
  laptop: {
    stem: [16, 2],
    stages: [stage(24, 1, 'relu', false), stage(40, 2, 'relu', true), stage(80, 2, 'hard-swish', true)],
    depth: [1, 3],
    kernels: [3, 5, 7],
    expansions: [3, 4, 6],
    widths: [0.75, 1, 1.25],
    head: [160, 160],
  },
  imagenet: { ...large, kernels: [3, 5, 7], expansions: [3, 4, 6] },
  'mobilenet-v3': { ...large, kernels: [3, 5, 7], expansions: [2.3, 2.5, 3, 4, 6] },
} as const satisfies Readonly<Record<string, OfaFrame>>

function ofaTree({ stem, stages, depth, kernels, expansions, widths, head }: OfaFrame): Tree {
  const factor = widths.length === 1 ? widths[0] : share('width', choice('width', widths))
  const wide = (channels: number): Expression => (factor === 1 ? channels : byEight(times(channels, factor)))
  const swish = (): Tree => activation('hard-swish')
  /** The first layer of a stage changes the shape; the others add to their input. */
  const elastic = ({ channels, stride, act, squeeze }: OfaFrame['stages'][number]): Tree => {
    const first = equals(index(), 0)
    const [kernel, expansion] = [choice('kernel', kernels), choice('expansion', expansions)]
    const steps = when(first, stride, 1)
    return add(inverted({ channels: wide(channels), kernel, expansion, stride: steps, act, squeeze }), when(first, zero(), identity()))
  }
  return sequence(
    scope('stem', conv(wide(stem[0]), 3, { stride: stem[1] }), batchNorm(), swish()),
    scope('first', residual(inverted({ channels: 'same', kernel: 3, expansion: 1 }))),
    ...stages.map((each, i) => scope(`stage${i + 1}`, repeat('depth', int('depth', depth[0], depth[1]), elastic(each)))),
    scope('head', conv(wide(head[0]), 1), batchNorm(), swish(), globalPool(), dense(wide(head[1])), swish(), dropout(0.2)),
    dense('classes'),
  )
}

/**
 * Once-for-all (Cai et al. 2020) over MobileNetV3 (Howard et al. 2019, arXiv:1905.02244): five stages of 2 to 4 layers, each with kernel 3, 5 or 7 and
 * expansion 3, 4 or 6; in the paper's frame (9² + 9³ + 9⁴)⁵ = 2.2 · 10^19 networks.
 *
 * @param frame 'laptop' (three stages for 28×28 and 32×32), 'imagenet' (the paper's), 'mobilenet-v3' (with the expansions of MobileNetV3-Large, which
 * is a point of it), or your own
 */
export function ofaSpace(frame: keyof typeof frames | OfaFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'ofa', summary, frames, tree: ofaTree, rates: [0.02, 0.05, 0.1, 0.2] }, frame)
}

export const ofa: SpaceEntry = {
  name: 'ofa',
  summary,
  paper: 'Cai, Gan, Wang, Zhang, Han 2020, arXiv:1908.09791',
  kinds: ['image', 'signal'],
  make: () => ofaSpace(),
  frames: { imagenet: () => ofaSpace('imagenet'), 'mobilenet-v3': () => ofaSpace('mobilenet-v3') },
}
