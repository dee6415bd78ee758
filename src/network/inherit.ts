import { sizeOf } from '../tensor/index.ts'
import { initialValues } from './initialize.ts'
import type { Network, ParameterSpec, Weights } from './network.ts'
import { parameterSpecs } from './parameters.ts'
import { copyPart, type Part } from './part.ts'

/** A network's first weights, and how many of them are not fresh. */
export interface Begun {
  readonly weights: Weights
  /** Share of the trained parameters that come from another network, 0 to 1. */
  readonly share: number
}

/**
 * Weights for a network of which every parameter that another one has under the same name is taken over: all of it, or the leading channels and the
 * centre of the kernel where shapes differ. The rest is fresh (Real et al. 2017, arXiv:1703.01041).
 *
 * @param seed of the fresh values
 */
export function inheritByName(parent: Weights, child: Network, seed: number): Begun {
  let taken = 0
  let all = 0
  const weights = new Map<string, Part>()
  for (const spec of parameterSpecs(child)) {
    const found = parent.get(spec.name)
    const { value, copied } = found === undefined ? { value: fresh(spec, seed), copied: 0 } : takeOver(found, spec, seed)
    weights.set(spec.name, value)
    if (!spec.trained) continue
    taken += copied
    all += sizeOf(spec.shape)
  }
  return { weights, share: all === 0 ? 0 : taken / all }
}

const fresh = (spec: ParameterSpec, seed: number): Part => ({ shape: spec.shape, data: initialValues(spec, seed) })

/** What two shapes have in common, in the place of fresh values. */
function takeOver(found: Part, spec: ParameterSpec, seed: number): { readonly value: Part; readonly copied: number } {
  const value = fresh(spec, seed)
  // A table is no convolution: of another rank nothing fits.
  if (found.shape.length !== spec.shape.length) return { value, copied: 0 }
  const shape = spec.shape.map((size, axis) => Math.min(size, found.shape[axis]))
  const common = { shape, data: new Float32Array(sizeOf(shape)) }
  copyPart(found, common, 'take')
  copyPart(value, common, 'put')
  return { value, copied: sizeOf(shape) }
}
