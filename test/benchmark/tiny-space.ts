import { choice, conv, dense, globalPool, type SearchSpace, sequence, space } from '../../src/space/index.ts'

/** Four decisions of four numbers: 256 architectures. */
export const tiny: SearchSpace = space(
  'tiny',
  sequence(...['a', 'b', 'c', 'd'].map((name) => conv(choice(name, [1, 2, 3, 4]), 1)), globalPool(), dense('classes')),
)
