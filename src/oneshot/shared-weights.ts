import { initialValues, type ParameterSpec, type Weights } from '../network/index.ts'
import { sizeOf } from '../tensor/index.ts'

interface Shared {
  shape: readonly number[]
  data: Float32Array
}

/** Where a smaller tensor lies in a larger one along an axis: kernels in the centre, all else at the beginning. */
const startOf = (axis: number, large: number, small: number): number => (axis < 2 ? 0 : Math.floor((large - small) / 2))

/** Copies the part of `large` that a tensor of the shape of `small` stands for, to (`take`) or from (`put`) `small`. */
export function copyPart(large: Shared, small: Shared, direction: 'take' | 'put'): void {
  const rank = small.shape.length
  // From this axis on both lie alike, so that a row can be copied at once.
  let row = rank
  while (row > 0 && small.shape[row - 1] === large.shape[row - 1]) row--
  const inner = Math.max(0, row - 1)
  const smallRow = sizeOf(small.shape.slice(inner))
  const largeRow = sizeOf(large.shape.slice(inner))
  const offset = rank === 0 || row === 0 ? 0 : startOf(inner, large.shape[inner], small.shape[inner]) * sizeOf(large.shape.slice(inner + 1))
  const copy = (from: number, to: number): void => {
    const there = large.data.subarray(from + offset, from + offset + smallRow)
    const here = small.data.subarray(to, to + smallRow)
    if (direction === 'take') here.set(there)
    else there.set(here)
  }
  const step = (axis: number, from: number, to: number): void => {
    if (axis === inner) return copy(from * largeRow, to * smallRow)
    const start = startOf(axis, large.shape[axis], small.shape[axis])
    for (let i = 0; i < small.shape[axis]; i++) step(axis + 1, from * large.shape[axis] + start + i, to * small.shape[axis] + i)
  }
  step(0, 0, 0)
}

const fits = (large: readonly number[], small: readonly number[]): boolean => small.every((size, axis) => size <= large[axis])

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
