import { sizeOf } from '../tensor/index.ts'
import type { Network, ParameterSpec, Weights } from './network.ts'
import { parameterSpecs } from './parameters.ts'
import { namedStream } from './random.ts'

/** Inputs and outputs that one value of a weight stands between: dense [in, out], convolution [out, in / groups, …space]. */
function fans(shape: readonly number[]): readonly [number, number] {
  if (shape.length <= 2) return [shape[0] ?? 1, shape[1] ?? 1]
  const field = sizeOf(shape.slice(2))
  return [shape[1] * field, shape[0] * field]
}

/** Variance of a random parameter's first values; 1 where they are not random. */
export function initialVariance({ shape, init }: ParameterSpec): number {
  const [inputs, outputs] = fans(shape)
  if (init === 'he') return 2 / inputs
  if (init === 'glorot') return 2 / (inputs + outputs)
  return init === 'normal' ? 1 / (shape.at(-1) ?? 1) : 1
}

/**
 * First values of one parameter. They depend on its name, its shape and the seed alone, so equal names get equal values whatever
 * the rest of the network is.
 * - `he`: normal, variance 2 / inputs. He et al., 2015, arXiv:1502.01852.
 * - `glorot`: uniform, variance 2 / (inputs + outputs). Glorot and Bengio, 2010.
 * - `normal`: an embedding's rows, normal, variance 1 / width.
 */
export function initialValues({ name, shape, init }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(shape))
  if (init === 'zeros') return values
  if (init === 'ones') return values.fill(1)
  const random = namedStream(name, seed)
  const [inputs, outputs] = fans(shape)
  const limit = Math.sqrt(6 / (inputs + outputs))
  const deviation = init === 'he' ? Math.sqrt(2 / inputs) : 1 / Math.sqrt(shape.at(-1) ?? 1)
  for (let i = 0; i < values.length; i++) values[i] = init === 'glorot' ? (2 * random.uniform() - 1) * limit : deviation * random.normal()
  return values
}

/**
 * Parameters and statistics of a network before training.
 * @param seed any whole number
 */
export const initialWeights = (network: Network, seed: number): Weights =>
  new Map(parameterSpecs(network).map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, seed) }]))
