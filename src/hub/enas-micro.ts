import { averagePool, maxPool, type SearchSpace, space } from '../space/index.ts'
import { separableTwice, skip } from './cell-operations.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'
import { type Operations, pairCell, printPairs } from './pair-cell.ts'
import { stackedCells } from './two-input-cells.ts'

const summary = 'the micro space of ENAS: five nodes, each the sum of two of five operations on earlier nodes; normal and reduction cells'
const frame = { cells: 5, channels: 8 }

const nodes = 5

/** In the order of the published numbers. */
const operations: Operations = (channels, stride) => ({
  sep_conv_3x3: separableTwice(channels, 3, stride),
  sep_conv_5x5: separableTwice(channels, 5, stride),
  avg_pool_3x3: averagePool(3, { stride }),
  max_pool_3x3: maxPool(3, { stride }),
  skip_connect: skip(channels, stride),
})
const names = Object.keys(operations(1, 1))

/** The published notation: source and operation, twice a node, ten nodes of which the first five are the normal cell's: `0 2 0 0 0 4 0 1 …`. */
function published(text: string): string | undefined {
  const numbers = text.trim().split(/\s+/).map(Number)
  if (numbers.length !== 8 * nodes || !numbers.every(Number.isInteger)) return undefined
  const cell = (name: string, from: number): string => {
    const edges = Array.from({ length: 2 * nodes }, (_, i) => ({
      source: numbers[from + 2 * i],
      operation: names[numbers[from + 2 * i + 1]] ?? String(numbers[from + 2 * i + 1]),
    }))
    return `${name}(${printPairs(name, nodes, { edges, concat: [] })})`
  }
  return `${cell('normal', 0)} ${cell('reduction', 4 * nodes)}`
}

/**
 * The micro space of ENAS (Pham et al. 2018). Architectures may be written as the published forty numbers, too.
 *
 * @param options.cells cells in all (the paper's: 17)
 * @param options.channels channels of the first cell (the paper's: 36 in the end, 20 in search)
 */
export function enasMicroSpace(options: Frame = {}): SearchSpace {
  const root = stackedCells({ ...frame, ...options }, (place) => pairCell(place, nodes, operations))
  return space('enas-micro', root, { summary, notations: [published] })
}

export const enasMicro: SpaceEntry = {
  name: 'enas-micro',
  summary,
  paper: 'Pham, Guan, Zoph, Le, Dean 2018, arXiv:1802.03268',
  kinds: ['image', 'signal'],
  frame,
  deployed: { dropPath: 0.4, auxiliary: 0.4 },
  make: enasMicroSpace,
}
