import {
  add,
  averagePool,
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  graph,
  identity,
  inputs,
  relu,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  type Tree,
  zero,
} from '../space/index.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'

const summary = 'the cell of NAS-Bench-201: one of five operations on each of six edges'
const frame = { cells: 1, channels: 16 }

/** ReLU, convolution, batch norm. */
const reluConvNorm = (channels: number | 'same', kernel: number, stride = 1): Tree =>
  sequence(relu(), conv(channels, kernel, { stride }), batchNorm())

const operation = choice('op', {
  none: zero(),
  skip_connect: identity(),
  nor_conv_1x1: reluConvNorm('same', 1),
  nor_conv_3x3: reluConvNorm('same', 3),
  avg_pool_3x3: averagePool(3, { stride: 1 }),
})

/** Four nodes; each reads all before it, through an operation of its own. */
const cell = share('cell', graph({ n1: inputs({ each: operation }), n2: inputs({ each: operation }), n3: inputs({ each: operation }) }))

/** The residual block that halves the extents and doubles the channels between stages. */
const reduction = (channels: number): Tree =>
  add(sequence(reluConvNorm(channels, 3, 2), reluConvNorm(channels, 3)), sequence(averagePool(2), conv(channels, 1, { bias: false })))

/** The published notation `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…~0|…~1|…~2|` as a string of this space. */
function published(text: string): string | undefined {
  const nodes = text.trim().split('+')
  if (!text.trim().startsWith('|') || nodes.length !== 3) return undefined
  const printed = nodes.map((node, i) => {
    const operations = node.split('|').filter((part) => part !== '')
    const edges = operations.map((part) => /^([a-z0-9_]+)~(\d)$/.exec(part.trim()))
    if (edges.some((edge, source) => edge === null || Number(edge[2]) !== source) || edges.length !== i + 1) return undefined
    return `n${i + 1}(${edges.map((edge, source) => `${source === 0 ? 'input' : `n${source}`}=${edge?.[1]}`).join(' ')})`
  })
  return printed.includes(undefined) ? undefined : `cell(${printed.join(' ')})`
}

/**
 * NAS-Bench-201 (Dong and Yang 2020): 5^6 = 15,625 cells in a fixed frame of three stages with C, 2C and 4C channels. Architectures may be written
 * in the published notation, too.
 *
 * @param options.cells cells in a stage (the paper's N = 5), 1 or more
 * @param options.channels channels of the first stage (the paper's C = 16)
 */
export function nasBench201Space(options: Frame = {}): SearchSpace {
  const { cells, channels } = { ...frame, ...options }
  const stage = (name: string): Tree => repeat(name, cells, cell)
  return space(
    'nas-bench-201',
    sequence(
      scope('stem', conv(channels, 3), batchNorm()),
      stage('first'),
      scope('firstReduction', reduction(2 * channels)),
      stage('second'),
      scope('secondReduction', reduction(4 * channels)),
      stage('third'),
      scope('head', batchNorm(), relu(), globalPool()),
      dense('classes'),
    ),
    { summary, notations: [published] },
  )
}

export const nasBench201: SpaceEntry = {
  name: 'nas-bench-201',
  summary,
  paper: 'Dong and Yang 2020, arXiv:2001.00326',
  kinds: ['image', 'signal'],
  frame,
  make: nasBench201Space,
}
