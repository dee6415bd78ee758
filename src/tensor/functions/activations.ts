import { add, mul } from '../ops/arithmetic.ts'
import { erf, hardSigmoid, relu, sigmoid, tanh } from '../ops/unary.ts'
import type { Tensor } from '../tensor.ts'

/** x · Φ(x) with the normal distribution function itself, not an approximation. Hendrycks and Gimpel, 2016, arXiv:1606.08415. */
export const gelu = (x: Tensor): Tensor => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))

/** x · sigmoid(x). Elfwing, Uchibe and Doya, 2017, arXiv:1702.03118. */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x))

/** x · min(1, max(0, x / 6 + 1 / 2)). Howard et al., 2019, arXiv:1905.02244. */
export const hardSwish = (x: Tensor): Tensor => mul(x, hardSigmoid(x))

/** Activations by the names that networks use. */
export const activations = { relu, gelu, silu, tanh, sigmoid, 'hard-swish': hardSwish } as const satisfies Record<
  string,
  (x: Tensor) => Tensor
>
