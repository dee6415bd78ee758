import type { SupernetState } from './one-shot.ts'
import { copyPart, fits, initialValues, type ParameterSpec, type Weights } from '../network/index.ts'
import { sizeOf } from '../tensor/index.ts'

interface Shared {
  shape: readonly number[]
  data: Float32Array
}

/**
 * Named weights of all networks of a space. A named tensor has the largest shape that was asked for; a child takes its leading channels and the
 * centre of its kernel (Cai et al. 2020, once-for-all, arXiv:1908.09791; Yu and Huang 2019, slimmable networks, arXiv:1903.05134).
 */
export class SharedWeights {
  readonly #tensors = new Map<string, Shared>()
  readonly #seed: number

  constructor(seed: number, tensors: Weights = new Map()) {
    this.#seed = seed
    this.replace(tensors)
  }

  /** Copies of these in place of all that there was. */
  replace(tensors: Weights): void {
    this.#tensors.clear()
    for (const [name, { shape, data }] of tensors) this.#tensors.set(name, { shape, data: data.slice() })
  }

  get tensors(): Weights {
    return this.#tensors
  }

  /** Makes room for these parameters: new ones get their initial values, larger ones keep what they have inside of fresh values. */
  grow(specs: readonly ParameterSpec[]): void {
    for (const spec of specs) {
      const known = this.#tensors.get(spec.name)
      if (known && fits(known.shape, spec.shape)) continue
      const shape = known ? spec.shape.map((size, axis) => Math.max(size, known.shape[axis])) : spec.shape
      const grown: Shared = { shape, data: initialValues({ ...spec, shape }, this.#seed) }
      if (known) copyPart(grown, known, 'put')
      this.#tensors.set(spec.name, grown)
    }
  }

  /** A child's weights, as copies. @param rename the name here of a name of the child's; default the same */
  take(specs: readonly ParameterSpec[], rename: (name: string) => string = (name) => name): Weights {
    this.grow(specs.map((spec) => ({ ...spec, name: rename(spec.name) })))
    return new Map(
      specs.map(({ name, shape }) => {
        const part = { shape, data: new Float32Array(sizeOf(shape)) }
        copyPart(this.#tensors.get(rename(name)) as Shared, part, 'take')
        return [name, part]
      }),
    )
  }

  /** Takes a child's weights back; what it did not use stays as it is. */
  put(weights: Weights, rename: (name: string) => string = (name) => name): void {
    for (const [name, value] of weights) copyPart(this.#tensors.get(rename(name)) as Shared, value, 'put')
  }
}

const prefix = 'weights:'

/** The shared weights of a trained supernet's state: its optimizer's vectors are not needed to judge. */
export function sharedWeightsOf({ tensors }: Pick<SupernetState, 'tensors'>, seed: number): SharedWeights {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix))
  return new SharedWeights(seed, new Map(own.map(([name, value]) => [name.slice(prefix.length), value])))
}
