import { averagePool, maxPool, type SearchSpace, space } from '../space/index.ts'
import { dilatedConv, reluConvNorm, rowThenColumn, separableTwice, skip } from './cell-operations.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'
import { readGenotype } from './genotype.ts'
import { type Operations, pairCell, printPairs } from './pair-cell.ts'
import { stackedCells } from './two-input-cells.ts'

const summary = 'the cells of NASNet: five nodes, each the sum of two of thirteen operations on earlier nodes; holds AmoebaNet-A, too'
const frame = { cells: 5, channels: 8 }

const nodes = 5

const operations: Operations = (channels, stride) => ({
  skip_connect: skip(channels, stride),
  conv_3x1_1x3: rowThenColumn(channels, 3, stride),
  conv_7x1_1x7: rowThenColumn(channels, 7, stride),
  dil_conv_3x3: dilatedConv(channels, 3, stride),
  avg_pool_3x3: averagePool(3, { stride }),
  max_pool_3x3: maxPool(3, { stride }),
  max_pool_5x5: maxPool(5, { stride }),
  max_pool_7x7: maxPool(7, { stride }),
  conv_1x1: reluConvNorm(channels, 1, stride),
  conv_3x3: reluConvNorm(channels, 3, stride),
  sep_conv_3x3: separableTwice(channels, 3, stride),
  sep_conv_5x5: separableTwice(channels, 5, stride),
  sep_conv_7x7: separableTwice(channels, 7, stride),
})

function published(text: string): string | undefined {
  const genotype = readGenotype(text)
  return genotype && `normal(${printPairs('normal', nodes, genotype.normal)}) reduction(${printPairs('reduction', nodes, genotype.reduce)})`
}

/**
 * The space of NASNet (Zoph et al. 2018), in which AmoebaNet-A (Real et al. 2019, arXiv:1802.01548) lies, too. Two operations meet in a sum, as in all cells that these papers found. Architectures may be written as a genotype in
 * the notation of DARTS, too.
 *
 * @param options.cells cells in all (3N + 2 in the paper's terms; it trains N = 6)
 * @param options.channels channels of the first cell (the paper's: 32)
 */
export function nasnetSpace(options: Frame = {}): SearchSpace {
  const root = stackedCells({ ...frame, ...options }, (place) => pairCell(place, nodes, operations))
  return space('nasnet', root, { summary, notations: [published] })
}

export const nasnet: SpaceEntry = {
  name: 'nasnet',
  summary,
  paper: 'Zoph, Vasudevan, Shlens, Le 2018, arXiv:1707.07012',
  kinds: ['image', 'signal'],
  frame,
  deployed: { dropPath: 0.4, auxiliary: 0.4 },
  make: nasnetSpace,
}
