import { constant, scalar } from '../graph.ts'
import { add, mul, neg, sub } from '../ops/arithmetic.ts'
import { bitwiseXor, shiftRight } from '../ops/bits.ts'
import { maximum, where } from '../ops/select.ts'
import { reshape } from '../ops/shape.ts'
import { atLeastMask, greaterMask } from '../ops/masks.ts'
import { cast, log, sqrt } from '../ops/unary.ts'
import { sliceAxis } from '../ops/window.ts'
import { type Shape, sizeOf, type Tensor } from '../tensor.ts'

/**
 * Where noise comes from: two uint32 scalars that are fed. A value of noise is a hash of (seed, step, layer, index) and nothing else,
 * so it is the same in every run, session and process, and there is no state to save.
 */
export interface NoiseKey {
  readonly seed: Tensor
  readonly step: Tensor
}

/** Multipliers of a bijection of 32 bits with nearly every output bit depending on every input bit (Wellons' search for low bias). */
const mixing = { shifts: [16, 15] as const, factors: [0x21f0aaad, 0x735a2d97] as const }
/** 2^32 divided by the golden ratio: spreads counters over all bits. */
const golden = 0x9e3779b9

const uint = (value: number): Tensor => scalar(value >>> 0, 'uint32')

/** The bijection in the graph. */
function mixed(x: Tensor): Tensor {
  const first = mul(bitwiseXor(x, shiftRight(x, mixing.shifts[0])), uint(mixing.factors[0]))
  const second = mul(bitwiseXor(first, shiftRight(first, mixing.shifts[1])), uint(mixing.factors[1]))
  return bitwiseXor(second, shiftRight(second, mixing.shifts[1]))
}

/** The same bijection on a number. */
function mixedNumber(x: number): number {
  const first = Math.imul(x ^ (x >>> mixing.shifts[0]), mixing.factors[0])
  const second = Math.imul(first ^ (first >>> mixing.shifts[1]), mixing.factors[1])
  return (second ^ (second >>> mixing.shifts[1])) >>> 0
}

/** One seed for noise out of several integers (a run's seed, a trial's number); the order counts. */
export const noiseSeed = (...parts: readonly number[]): number =>
  parts.reduce((seed, part) => mixedNumber((seed + golden) ^ mixedNumber(part >>> 0)), 0)

/** 32 random bits for each element, uint32. `layer` tells apart the places of one graph that want noise. */
function randomBits(shape: Shape, { seed, step }: NoiseKey, layer: number): Tensor {
  const key = mixed(bitwiseXor(mixed(add(mixed(add(seed, uint(golden))), step)), uint(mixedNumber(layer + 1))))
  const second = mixed(add(key, uint(golden)))
  const counters = add(mul(indices(sizeOf(shape)), uint(golden)), key)
  const first = mul(bitwiseXor(counters, shiftRight(counters, mixing.shifts[0])), uint(mixing.factors[0]))
  // The second key goes in between the rounds: without it two steps whose keys are near would give the same numbers at other places.
  return reshape(mixed(bitwiseXor(first, second)), shape)
}

/** 0, 1, … as uint32, out of two short constants rather than one long one. */
function indices(count: number): Tensor {
  const columns = Math.min(count, 1024)
  const rows = Math.ceil(count / columns)
  const range = (length: number, shape: Shape): Tensor =>
    constant(
      Uint32Array.from({ length }, (_, i) => i),
      shape,
    )
  const grid = add(mul(range(rows, [rows, 1]), uint(columns)), range(columns, [1, columns]))
  return sliceAxis(reshape(grid, [rows * columns]), 0, 0, count)
}

/** Uniform on [0, 1), multiples of 2⁻²⁴. No gradient. */
export const uniformNoise = (shape: Shape, key: NoiseKey, layer: number): Tensor =>
  mul(cast(shiftRight(randomBits(shape, key, layer), 8), 'float32'), 2 ** -24)

/** Uniform on (0, 1): odd multiples of 2⁻²⁴, so that logarithms of it and of what is left to 1 are finite. */
const openUniform = (shape: Shape, key: NoiseKey, layer: number): Tensor =>
  mul(add(cast(shiftRight(randomBits(shape, key, layer), 9), 'float32'), 0.5), 2 ** -23)

/** Standard Gumbel noise, − log(− log u): added to log-probabilities, the largest is a sample. Jang et al., 2016, arXiv:1611.01144. */
export const gumbelNoise = (shape: Shape, key: NoiseKey, layer: number): Tensor => neg(log(neg(log(openUniform(shape, key, layer)))))

/** Standard logistic noise, log u − log(1 − u): for relaxed gates. Maddison et al., 2016, arXiv:1611.00712. */
export function logisticNoise(shape: Shape, key: NoiseKey, layer: number): Tensor {
  const u = openUniform(shape, key, layer)
  return sub(log(u), log(sub(1, u)))
}

/**
 * Standard normal noise: √2 · erf⁻¹(2u − 1), with erf⁻¹ by Giles' polynomials (2010, "Approximating the erfinv function"), whose error is
 * below 1e-6 of the value.
 */
export function normalNoise(shape: Shape, key: NoiseKey, layer: number): Tensor {
  const x = sub(mul(openUniform(shape, key, layer), 2), 1)
  const w = neg(log(mul(sub(1, x), add(1, x))))
  const polynomial = (argument: Tensor, coefficients: readonly number[]): Tensor =>
    coefficients.slice(1).reduce((sum, coefficient) => add(mul(sum, argument), coefficient), scalar(coefficients[0]))
  const central = polynomial(sub(w, 2.5), centralErfinv)
  const tail = polynomial(sub(sqrt(maximum(w, 5)), 3), tailErfinv)
  return mul(mul(where(greaterMask(5, w), central, tail), x), Math.SQRT2)
}

const centralErfinv = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3, 0.246640727, 1.50140941,
]
const tailErfinv = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406, 2.83297682,
]

/** 1 with the given probability, else 0. */
export const bernoulliNoise = (shape: Shape, probability: number, key: NoiseKey, layer: number): Tensor =>
  atLeastMask(uniformNoise(shape, key, layer), 1 - probability)
