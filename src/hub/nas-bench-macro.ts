import {
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  identity,
  residual,
  scope,
  type SearchSpace,
  sequence,
  space,
  type Tree,
} from '../space/index.ts'
import { convBlock, inverted } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'the macro space of NAS-Bench-Macro: nothing, a small or a large inverted residual in each of eight layers'

const names = ['identity', 'mb3_k3', 'mb6_k5'] as const

/** A stage's first layer halves the extents and changes the channels, so its identity is a projection; the others add to their input. */
function layer(number: number, channels: number, first: boolean): Tree {
  const block = (kernel: number, expansion: number): Tree =>
    first ? inverted({ channels, kernel, expansion, stride: 2 }) : residual(inverted({ channels, kernel, expansion }))
  return choice(`layer${number}`, {
    identity: first ? sequence(conv(channels, 1, { stride: 2 }), batchNorm()) : identity(),
    mb3_k3: block(3, 3),
    mb6_k5: block(5, 6),
  })
}

/** The published notation, a digit a layer (0 identity, 1 small, 2 large), as a string of this space. */
function published(text: string): string | undefined {
  if (!/^[012]{8}$/.test(text.trim())) return undefined
  return text
    .trim()
    .split('')
    .map((digit, i) => `layer${i + 1}=${names[Number(digit)]}`)
    .join(' ')
}

/**
 * NAS-Bench-Macro (Su et al. 2021): 3^8 = 6,561 networks of eight layers in three stages of 64, 128 and 256 channels. Architectures may be written in
 * the published notation, too. Parameters and multiply-accumulates are the published ones; ReLU stands for ReLU6.
 */
export const nasBenchMacro: SpaceEntry = {
  name: 'nas-bench-macro',
  summary,
  paper: 'Su et al. 2021, arXiv:2103.11922',
  kinds: ['image', 'signal'],
  make: (): SearchSpace => {
    const widths = [64, 64, 128, 128, 128, 256, 256, 256]
    const layers = widths.map((channels, i) => layer(i + 1, channels, channels !== widths[i - 1]))
    return space(
      'nas-bench-macro',
      sequence(scope('stem', convBlock(32, 3)), ...layers, scope('head', convBlock(1280, 1)), globalPool(), dense('classes')),
      {
        summary,
        notations: [published],
      },
    )
  },
}
