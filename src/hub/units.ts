import {
  batchNorm,
  choice,
  conv,
  dense,
  globalPool,
  relu,
  repeat,
  residual,
  scope,
  type SearchSpace,
  separable,
  sequence,
  space,
  type Tree,
} from '../space/index.ts'
import { convBlock, separableBlock } from './blocks.ts'
import type { SpaceEntry } from './entry.ts'
import type { Frame } from './frame.ts'

const summary = 'a residual network in which each unit is one of four kinds: all are worth training, so shared weights judge them fairly'
const frame = { cells: 2, channels: 16 }

/** A unit that adds to its input. Each kind has weights and none is nothing: what learns fastest with shared weights is not always what ends best. */
const unit = sequence(
  residual(
    choice('op', {
      basic: sequence(convBlock('same', 3), conv('same', 3), batchNorm()),
      mixed: sequence(convBlock('same', 3), conv('same', 1), batchNorm()),
      large: sequence(convBlock('same', 5), conv('same', 1), batchNorm()),
      separable: sequence(separableBlock('same', 5), separable('same', 3), batchNorm()),
    }),
  ),
  relu(),
)

/**
 * Three stages of residual units with C, 2C and 4C channels, whose kinds are searched: 4^6 = 4,096 networks by default.
 *
 * @param options.cells units in a stage, 1 or more
 * @param options.channels channels of the first stage
 */
export function unitsSpace(options: Frame = {}): SearchSpace {
  const { cells, channels } = { ...frame, ...options }
  const stage = (name: string): Tree => repeat(name, cells, unit)
  return space(
    'units',
    sequence(
      scope('stem', convBlock(channels, 3)),
      stage('first'),
      scope('firstReduction', convBlock(2 * channels, 3, 2)),
      stage('second'),
      scope('secondReduction', convBlock(4 * channels, 3, 2)),
      stage('third'),
      globalPool(),
      dense('classes'),
    ),
    { summary },
  )
}

export const units: SpaceEntry = {
  name: 'units',
  summary,
  paper: 'He, Zhang, Ren, Sun 2016, arXiv:1512.03385',
  kinds: ['image', 'signal'],
  frame,
  make: unitsSpace,
}
