import {
  averagePool,
  batchNorm,
  choice,
  concat,
  conv,
  dense,
  globalPool,
  graph,
  type GraphTree,
  identity,
  inputs,
  relu,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  times,
  type Tree,
  zero,
} from '../space/index.ts'
import type { SpaceEntry } from './entry.ts'

const summary = 'the cell of TransNAS-Bench-101: one of four operations on each of six edges; some cells halve the extents themselves'

const names = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3'] as const

/** ReLU, convolution, batch norm. */
const reluConvNorm = (channels: number | 'same', kernel: number, stride = 1): Tree =>
  sequence(relu(), conv(channels, kernel, { stride }), batchNorm())

const operation = choice('op', {
  none: zero(),
  skip_connect: identity(),
  nor_conv_1x1: reluConvNorm('same', 1),
  nor_conv_3x3: reluConvNorm('same', 3),
})

/** The same on an edge that halves the extents and doubles the channels; a skip has to project then. */
const reducing = choice('input', {
  none: sequence(averagePool(2), concat(zero(), zero())),
  skip_connect: sequence(relu(), averagePool(2), doubling(1)),
  nor_conv_1x1: sequence(relu(), doubling(1, 2)),
  nor_conv_3x3: sequence(relu(), doubling(3, 2)),
})

function doubling(kernel: number, stride = 1): Tree {
  return sequence(conv(times('same', 2), kernel, { stride, bias: false }), batchNorm())
}

/** Four nodes; each reads all before it, through an operation of its own. */
const nodes = graph({ n1: inputs({ each: operation }), n2: inputs({ each: operation }), n3: inputs({ each: operation }) })

const plainCell = share('cell', nodes)
const reducingCell = share('cell', {
  ...nodes,
  nodes: nodes.nodes.map((node) => ({ ...node, edges: { ...node.edges, input: reducing } })),
} satisfies GraphTree)

/** The published notation (`64-41414-3_02_113`, `3_02_113`, or the six digits alone) as a string of this space. */
function published(text: string): string | undefined {
  const digits = /^(?:\d+-\d+-)?([0-3])_?([0-3]{2})_?([0-3]{3})$/.exec(text.trim())?.slice(1)
  const node = (edges: string, n: number): string =>
    `n${n + 1}(${Array.from(edges)
      .map((digit, source) => `${source === 0 ? 'input' : `n${source}`}=${names[Number(digit)]}`)
      .join(' ')})`
  return digits && `cell(${digits.map(node).join(' ')})`
}

/**
 * The cell-level space of TransNAS-Bench-101 (Duan et al. 2021): 4^6 = 4,096 cells in a fixed frame of five modules, of which the first, third and fifth
 * begin with a cell that halves the extents and doubles the channels. Architectures may be written in the published notation, too.
 *
 * A skip connection that reduces is a mean of 2×2 pixels and a 1×1 convolution, with as many parameters as the paper's factorised reduction.
 *
 * @param options.cells cells in a module (the paper's 2), 1 or more
 * @param options.channels channels of the stem (the paper's 64), even
 * @param options.stemStride how much the stem makes the image smaller, 1, 2 or 4 (the paper's 4, for images of 256×256)
 */
export function transNasBench101Space(
  options: { readonly cells?: number; readonly channels?: number; readonly stemStride?: 1 | 2 | 4 } = {},
): SearchSpace {
  const { cells = 1, channels = 16, stemStride = 1 } = options
  const module = (name: string, reduces: boolean): readonly Tree[] => {
    if (!reduces) return [repeat(name, cells, plainCell)]
    return [scope(`${name}Reduction`, reducingCell), ...(cells > 1 ? [repeat(name, cells - 1, plainCell)] : [])]
  }
  return space(
    'trans-nas-bench-101',
    sequence(
      scope(
        'stem',
        sequence(conv(channels / 2, 3, { stride: stemStride > 1 ? 2 : 1 }), batchNorm()),
        scope('second', reluConvNorm(channels, 3, stemStride > 2 ? 2 : 1)),
      ),
      ...module('first', true),
      ...module('second', false),
      ...module('third', true),
      ...module('fourth', false),
      ...module('fifth', true),
      globalPool(),
      dense('classes'),
    ),
    { summary, notations: [published] },
  )
}

export const transNasBench101: SpaceEntry = {
  name: 'trans-nas-bench-101',
  summary,
  paper: 'Duan et al. 2021, arXiv:2105.11871',
  kinds: ['image', 'signal'],
  make: () => transNasBench101Space(),
}
