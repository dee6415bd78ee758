import {
  batchNorm,
  choice,
  conv,
  dense,
  dropout,
  type Expression,
  globalPool,
  lastStep,
  recurrent,
  type RecurrentCell,
  relu,
  repeat,
  scope,
  type SearchSpace,
  sequence,
  share,
  space,
  tokenEmbedding,
} from '../space/index.ts'
import { framed, type SpaceEntry } from './entry.ts'

const summary = 'recurrent cells: for each node an earlier one to read and a function; width, layers, and what is read at the end'

/** Sizes that a recurrent cell is searched in. */
export interface RnnFrame {
  /** Nodes after the first, which reads the input and the state before. */
  readonly nodes: number
  /** Whether the first node's function is searched; else it is tanh. */
  readonly firstSearched: boolean
  readonly output: RecurrentCell['output']
  readonly units: readonly number[]
  /** Signals go through a strided convolution first; tokens are embedded. */
  readonly input: 'signal' | 'tokens'
}

const frames = {
  laptop: { nodes: 4, firstSearched: false, output: 'mean', units: [32, 64], input: 'signal' },
  darts: { nodes: 8, firstSearched: false, output: 'mean', units: [850], input: 'tokens' },
  enas: { nodes: 11, firstSearched: true, output: 'loose-ends', units: [1000], input: 'tokens' },
} as const satisfies Readonly<Record<string, RnnFrame>>

const functions = ['tanh', 'relu', 'sigmoid', 'identity']

/** One cell for all layers: its decisions are shared. */
function cellOf({ nodes, firstSearched, output }: RnnFrame): RecurrentCell {
  const activation = (i: number): Expression => share(`n${i}.function`, choice('function', functions))
  const source = (i: number): Expression =>
    i === 1
      ? 'n0'
      : share(
          `n${i}.reads`,
          choice(
            'reads',
            Array.from({ length: i }, (_, j) => `n${j}`),
          ),
        )
  return {
    first: firstSearched ? activation(0) : 'tanh',
    nodes: Array.from({ length: nodes }, (_, i) => ({ from: source(i + 1), activation: activation(i + 1) })),
    output,
  }
}

/** A number, or a decision among several. */
const among = (name: string, values: readonly number[]): Expression => (values.length === 1 ? values[0] : choice(name, values))

/**
 * The recurrent cell of DARTS and ENAS as a classifier or regressor of sequences.
 *
 * @param frame 'laptop' (four nodes, for signals); 'darts' (eight nodes, the mean of all: 8! · 4^8 = 2.6 · 10^9 cells) and 'enas' (twelve nodes, the
 * mean of the loose ends: 11! · 4^12 = 6.7 · 10^14), for sequences of tokens, in which nothing but the cell is searched; or your own
 */
export function rnnSpace(frame: keyof typeof frames | RnnFrame = 'laptop'): SearchSpace {
  const size: RnnFrame = typeof frame === 'string' ? frames[frame] : frame
  const cell = cellOf(size)
  const units = among('units', size.units)
  if (size.input === 'tokens') {
    const root = sequence(scope('embed', tokenEmbedding(among('width', size.units))), recurrent(units, cell), lastStep(), dense('classes'))
    return space(framed('rnn', typeof frame === 'string' ? frame : undefined), root, { summary })
  }
  const shared = size.units.length === 1 ? units : share('units', choice('units', size.units))
  const root = sequence(
    scope('stem', conv(choice('width', [16, 32]), 9, { stride: choice('stride', [4, 8]) }), batchNorm(), relu()),
    repeat('layers', [1, 2], recurrent(shared, cell)),
    choice('read', { last: lastStep(), mean: globalPool() }),
    dropout(choice('dropout', [0, 0.2, 0.4])),
    dense('classes'),
  )
  const hyperparameters = { learningRate: choice('learningRate', [1e-3, 2e-3, 5e-3, 1e-2]) }
  return space('rnn', root, { summary, hyperparameters })
}

export const rnn: SpaceEntry = {
  name: 'rnn',
  summary,
  paper: 'Pham, Guan, Zoph, Le, Dean 2018, arXiv:1802.03268; Liu, Simonyan, Yang 2019, arXiv:1806.09055',
  kinds: ['signal'],
  make: () => rnnSpace(),
  frames: { darts: () => rnnSpace('darts'), enas: () => rnnSpace('enas') },
}
