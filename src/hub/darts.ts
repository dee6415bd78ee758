import {
  averagePool,
  choice,
  graph,
  inputs,
  maxPool,
  type NodeDeclaration,
  type SearchSpace,
  share,
  space,
  SpaceError,
  type Tree,
} from '../space/index.ts'
import { dilatedSeparable, separableTwice, skip } from './cell-operations.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'
import { type PublishedCell, readGenotype } from './genotype.ts'
import { type CellPlace, preprocess, stackedCells, strideFrom } from './two-input-cells.ts'

const summary = 'the cells of DARTS: four nodes that each read two earlier ones through one of seven operations; normal and reduction cells'
const frame = { cells: 5, channels: 8 }

const nodes = ['n1', 'n2', 'n3', 'n4'] as const
const sources = ['s0', 's1', ...nodes]

const operation = (channels: number, stride: number): Tree =>
  choice('op', {
    max_pool_3x3: maxPool(3, { stride }),
    avg_pool_3x3: averagePool(3, { stride }),
    skip_connect: skip(channels, stride),
    sep_conv_3x3: separableTwice(channels, 3, stride),
    sep_conv_5x5: separableTwice(channels, 5, stride),
    dil_conv_3x3: dilatedSeparable(channels, 3, stride),
    dil_conv_5x5: dilatedSeparable(channels, 5, stride),
  })

function cell(place: CellPlace): Tree {
  const each = (source: string): Tree => operation(place.channels, strideFrom(place, source))
  const declared: Record<string, NodeDeclaration> = { ...preprocess(place) }
  for (const node of nodes) declared[node] = inputs({ from: Object.keys(declared), count: 2, each })
  return share(place.kind, graph(declared, { output: inputs({ from: nodes, merge: 'concat' }) }))
}

/** A published cell in this space's own notation. */
function print(name: string, { edges, concat }: PublishedCell): string {
  if (edges.length !== 8 || concat.join() !== '2,3,4,5')
    throw new SpaceError(`The genotype's ${name} cell is none of DARTS: that has 8 edges and concatenates the nodes 2, 3, 4 and 5.`)
  const printed = nodes.map((node, i) => {
    const [a, b] = edges.slice(2 * i, 2 * i + 2).toSorted((first, second) => first.source - second.source)
    if (a.source === b.source)
      throw new SpaceError(`The genotype's ${name} cell reads the source ${a.source} twice in node ${i + 2}: DARTS takes two.`)
    const taken = i === 0 ? '' : `inputs=${a.source},${b.source} `
    return `${node}(${taken}${sources[a.source]}=${a.operation} ${sources[b.source]}=${b.operation})`
  })
  return printed.join(' ')
}

function published(text: string): string | undefined {
  const genotype = readGenotype(text)
  return genotype && `normal(${print('normal', genotype.normal)}) reduction(${print('reduce', genotype.reduce)})`
}

/**
 * The space of DARTS (Liu, Simonyan and Yang 2019): about 10^9 normal and as many reduction cells, stacked. Architectures may be written as a published
 * genotype, too. The seven operations are those that a found cell can have; `none` is for the relaxation only.
 *
 * @param options.cells cells in all (the paper searches with 8 and trains 20)
 * @param options.channels channels of the first cell (the paper's C: 16 in search, 36 in training)
 */
export function dartsSpace(options: Frame = {}): SearchSpace {
  return space('darts', stackedCells({ ...frame, ...options }, cell), { summary, notations: [published] })
}

export const darts: SpaceEntry = {
  name: 'darts',
  summary,
  paper: 'Liu, Simonyan, Yang 2019, arXiv:1806.09055',
  kinds: ['image', 'signal'],
  frame,
  deployed: { dropPath: 0.2, auxiliary: 0.4 },
  make: dartsSpace,
}
