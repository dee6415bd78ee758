import { choice, dense, globalPool, identity, residual, scope, type SearchSpace, sequence, type Tree } from '../space/index.ts'
import { convBlock, inverted } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import { framedSpace } from './framed-space.ts'

const summary = 'inverted residuals: kernel 3, 5 or 7 and expansion 3 or 6 of each layer, which may be skipped where the shape stays'

/** The network around the searched layers, and how many of them there are. */
export interface ProxylessFrame {
  /** Channels and stride of the first convolution. */
  readonly stem: readonly [channels: number, stride: number]
  /** Channels of the fixed layer after it, which does not widen. */
  readonly first: number
  readonly stages: readonly { readonly channels: number; readonly layers: number; readonly stride: number }[]
  /** Channels of the last 1×1 convolution. */
  readonly head: number
}

const stage = (channels: number, layers: number, stride: number): ProxylessFrame['stages'][number] => ({ channels, layers, stride })

const frames = {
  laptop: { stem: [16, 2], first: 16, stages: [stage(24, 3, 1), stage(40, 3, 2), stage(80, 2, 1)], head: 160 },
  imagenet: {
    stem: [32, 2],
    first: 16,
    stages: [stage(24, 4, 2), stage(40, 4, 2), stage(80, 4, 2), stage(96, 4, 1), stage(192, 4, 2), stage(320, 1, 1)],
    head: 1280,
  },
  'mobilenet-v2': {
    stem: [32, 2],
    first: 16,
    stages: [stage(24, 2, 2), stage(32, 3, 2), stage(64, 4, 2), stage(96, 3, 1), stage(160, 3, 2), stage(320, 1, 1)],
    head: 1280,
  },
} as const satisfies Readonly<Record<string, ProxylessFrame>>

const candidates = [3, 5, 7].flatMap((kernel) => [3, 6].map((expansion) => ({ name: `mb${expansion}_k${kernel}`, kernel, expansion })))

/** A searched layer; where it keeps the shape it adds to its input, and may be nothing. */
function layer(name: string, channels: number, stride: number, keeps: boolean): Tree {
  const alternatives = candidates.map(({ name, kernel, expansion }): [string, Tree] => {
    const block = inverted({ channels, kernel, expansion, stride })
    return [name, keeps ? residual(block) : block]
  })
  return choice(name, Object.fromEntries(keeps ? [...alternatives, ['skip', identity()]] : alternatives))
}

function proxylessTree({ stem, first, stages, head }: ProxylessFrame): Tree {
  const steps = stages.flatMap(({ channels, layers, stride }) =>
    Array.from({ length: layers }, (_, i) => ({ channels, stride: i === 0 ? stride : 1 })),
  )
  const searched = steps.map(({ channels, stride }, i) =>
    layer(`layer${i + 1}`, channels, stride, stride === 1 && channels === (steps[i - 1]?.channels ?? first)),
  )
  return sequence(
    scope('stem', convBlock(stem[0], 3, stem[1])),
    scope('first', inverted({ channels: first, kernel: 3, expansion: 1 })),
    ...searched,
    scope('head', convBlock(head, 1)),
    globalPool(),
    dense('classes'),
  )
}

/**
 * ProxylessNAS (Cai, Zhu, Han 2019): mobile networks whose every layer picks an inverted residual. In the paper's frame there are 21 layers, 15 of
 * which may be skipped: 6^6 · 7^15 = 2.2 · 10^17 networks. ReLU stands for ReLU6.
 *
 * @param frame 'laptop' (eight layers for 28×28 and 32×32), 'imagenet' (the paper's), 'mobilenet-v2' (that network's widths and depths), or your own
 */
export function proxylessSpace(frame: keyof typeof frames | ProxylessFrame = 'laptop'): SearchSpace {
  return framedSpace({ name: 'proxyless', summary, frames, tree: proxylessTree, rates: [0.02, 0.05, 0.1, 0.2] }, frame)
}

export const proxyless: SpaceEntry = {
  name: 'proxyless',
  summary,
  paper: 'Cai, Zhu, Han 2019, arXiv:1812.00332',
  kinds: ['image', 'signal'],
  make: () => proxylessSpace(),
  frames: { imagenet: () => proxylessSpace('imagenet'), 'mobilenet-v2': () => proxylessSpace('mobilenet-v2') },
}
