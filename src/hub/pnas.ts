import { averagePool, inputs, maxPool, type SearchSpace, space, SpaceError } from '../space/index.ts'
import { dilatedConv, rowThenColumn, separableTwice, skip } from './cell-operations.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'
import { type PublishedCell, readGenotype } from './genotype.ts'
import { type Operations, pairCell, printPairs } from './pair-cell.ts'
import { stackedCells } from './two-input-cells.ts'

const summary =
  'the cell of PNAS: five nodes, each the sum of two of eight operations on earlier nodes; one cell serves everywhere, with stride where it reduces'
const frame = { cells: 5, channels: 8 }

const nodes = 5

const operations: Operations = (channels, stride) => ({
  sep_conv_3x3: separableTwice(channels, 3, stride),
  sep_conv_5x5: separableTwice(channels, 5, stride),
  sep_conv_7x7: separableTwice(channels, 7, stride),
  conv_7x1_1x7: rowThenColumn(channels, 7, stride),
  skip_connect: skip(channels, stride),
  avg_pool_3x3: averagePool(3, { stride }),
  max_pool_3x3: maxPool(3, { stride }),
  dil_conv_3x3: dilatedConv(channels, 3, stride),
})

const all = Array.from({ length: nodes }, (_, i) => `n${i + 1}`)

function published(text: string): string | undefined {
  const genotype = readGenotype(text)
  if (!genotype) return undefined
  const { normal, reduce } = genotype
  const bare = ({ edges }: PublishedCell): string => JSON.stringify(edges)
  if (bare(normal) !== bare(reduce)) throw new SpaceError('The genotype has two cells, but this space has one for both: use nasnet.')
  return `cell(${printPairs('normal', nodes, normal, 'all')})`
}

/**
 * The space of progressive neural architecture search (Liu et al. 2018, arXiv:1712.00559): one cell of five sums, all of which are concatenated.
 * Architectures may be written as a genotype in the notation of DARTS, too.
 *
 * @param options.cells cells in all (3N in the terms of its networks; PNASNet-5 for small images has N = 3)
 * @param options.channels channels of the first cell (PNASNet-5: 48)
 */
export function pnasSpace(options: Frame = {}): SearchSpace {
  const output = inputs({ from: all, merge: 'concat' })
  const root = stackedCells({ ...frame, ...options }, (place) => pairCell(place, nodes, operations, { name: 'cell', output }))
  return space('pnas', root, { summary, notations: [published] })
}

export const pnas: SpaceEntry = {
  name: 'pnas',
  summary,
  paper: 'Liu et al. 2018, arXiv:1712.00559',
  kinds: ['image', 'signal'],
  frame,
  deployed: { dropPath: 0.4, auxiliary: 0.4 },
  make: pnasSpace,
}
