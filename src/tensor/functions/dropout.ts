import { mul } from '../ops/arithmetic.ts'
import { checkRange } from '../ranges.ts'
import type { Tensor } from '../tensor.ts'
import { bernoulliNoise, type NoiseKey } from './noise.ts'

export interface DropoutOptions {
  /** Probability that an element becomes 0, in [0, 1); the others grow by 1 / (1 − rate). */
  readonly rate: number
  readonly noise: NoiseKey
  /** A number that no other noise of the same graph has. */
  readonly layer: number
}

/** Training's dropout; at inference leave it out. Srivastava et al., 2014. */
export function dropout(x: Tensor, { rate, noise, layer }: DropoutOptions): Tensor {
  checkRange('dropout: rate', rate, 0, 1)
  if (rate === 0) return x
  return mul(x, mul(bernoulliNoise(x.shape, 1 - rate, noise, layer), 1 / (1 - rate)))
}

/** Drops whole examples of a branch (stochastic depth, drop-path). Huang et al., 2016, arXiv:1603.09382. */
export function dropPath(x: Tensor, { rate, noise, layer }: DropoutOptions): Tensor {
  checkRange('dropPath: rate', rate, 0, 1)
  if (rate === 0) return x
  const shape = x.shape.map((size, i) => (i === 0 ? size : 1))
  return mul(x, mul(bernoulliNoise(shape, 1 - rate, noise, layer), 1 / (1 - rate)))
}
