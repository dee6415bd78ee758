import { div, mul, sub } from '../ops/arithmetic.ts'
import { atLeastMask } from '../ops/masks.ts'
import { checkRange } from '../ranges.ts'
import type { Tensor } from '../tensor.ts'
import { bernoulliNoise, type NoiseKey, uniformNoise } from './noise.ts'

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

export interface DropPathOptions extends Omit<DropoutOptions, 'rate'> {
  /** Probability that an example becomes 0, in [0, 1); a scalar where it changes on the way. */
  readonly rate: number | Tensor
}

/** Drops whole examples of a branch (stochastic depth, drop-path). Huang et al., 2016, arXiv:1603.09382. */
export function dropPath(x: Tensor, { rate, noise, layer }: DropPathOptions): Tensor {
  if (typeof rate === 'number') checkRange('dropPath: rate', rate, 0, 1)
  if (rate === 0) return x
  const shape = x.shape.map((size, i) => (i === 0 ? size : 1))
  const kept = atLeastMask(uniformNoise(shape, noise, layer), rate)
  return mul(x, div(kept, typeof rate === 'number' ? 1 - rate : sub(1, rate)))
}
