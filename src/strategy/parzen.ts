import { type Decision, type DecisionValue, fromUnit, type Random, toUnit } from '../space/index.ts'
import type { Slot } from './slots.ts'

/** How often a near category of an ordered decision is meant too, falling by this factor a step (Wang and van Ryzin's kernel). */
const SPREAD = 0.25
/** Cells of a histogram of a real number's scale. */
export const CELLS = 64

/**
 * Probabilities of categories from how often each was taken, with a uniform prior that counts as `prior` observations; for ordered categories each observation
 * also speaks for those near it.
 */
export function categoryDensity({ size, ordered }: Pick<Slot, 'size' | 'ordered'>, counts: ArrayLike<number>, prior: number): Float64Array {
  const density = new Float64Array(size).fill(prior / size)
  let total = prior
  for (let i = 0; i < size; i++) {
    const count = counts[i]
    if (count === 0) continue
    total += count
    if (!ordered) density[i] += count
    else spread(density, i, count)
  }
  for (let i = 0; i < size; i++) density[i] /= total
  return density
}

/** Adds an observation of an ordered category, most of it to itself, the rest to its neighbours. */
function spread(density: Float64Array, at: number, count: number): void {
  let total = 0
  for (let i = 0; i < density.length; i++) total += SPREAD ** Math.abs(i - at)
  for (let i = 0; i < density.length; i++) density[i] += (count * SPREAD ** Math.abs(i - at)) / total
}

/** A density over 0 to 1: normal kernels cut off at the ends, with a uniform prior that counts as `prior` observations. */
export class UnitDensity {
  readonly #centres: readonly number[]
  readonly #widths: readonly number[]
  readonly #prior: number

  /** Each kernel is as wide as the farther of its neighbours is away (Bergstra et al. 2011), within bounds. */
  constructor(units: readonly number[], prior: number) {
    this.#centres = [...units].sort((a, b) => a - b)
    this.#prior = prior
    const ends = [0, ...this.#centres, 1]
    const least = 1 / Math.min(100, units.length + 2)
    this.#widths = this.#centres.map((centre, i) => Math.max(least, centre - ends[i], ends[i + 2] - centre))
  }

  draw(random: Random): number {
    const which = random.next() * (this.#centres.length + this.#prior) - this.#prior
    if (which < 0) return random.next()
    const i = Math.min(this.#centres.length - 1, Math.floor(which))
    for (let attempt = 0; attempt < 50; attempt++) {
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
      const unit = this.#centres[i] + this.#widths[i] * radius * Math.cos(2 * Math.PI * random.next())
      if (unit >= 0 && unit <= 1) return unit
    }
    return this.#centres[i]
  }

  at(unit: number): number {
    let sum = this.#prior
    for (let i = 0; i < this.#centres.length; i++) {
      const [centre, width] = [this.#centres[i], this.#widths[i]]
      const inside = normalBelow((1 - centre) / width) - normalBelow(-centre / width)
      sum += Math.exp(-0.5 * ((unit - centre) / width) ** 2) / (width * Math.sqrt(2 * Math.PI) * inside)
    }
    return sum / (this.#centres.length + this.#prior)
  }
}

/** A density over the cells of 0 to 1 from how many observations fell into each: smoothed by a normal kernel, with a prior as above. For any number of observations. */
export function cellDensity(counts: Float64Array, prior: number): Float64Array {
  const total = counts.reduce((a, b) => a + b, 0)
  // The rule of thumb for a bandwidth, with the deviation of the uniform distribution.
  const width = Math.max(1 / CELLS, 0.3 * Math.max(1, total) ** -0.2) * CELLS
  const kernel = Float64Array.from({ length: CELLS }, (_, i) => Math.exp(-0.5 * (i / width) ** 2))
  const density = new Float64Array(CELLS).fill(prior)
  for (let at = 0; at < CELLS; at++) {
    if (counts[at] === 0) continue
    let inside = 0
    for (let i = 0; i < CELLS; i++) inside += kernel[Math.abs(i - at)]
    for (let i = 0; i < CELLS; i++) density[i] += (CELLS * counts[at] * kernel[Math.abs(i - at)]) / inside
  }
  return density.map((sum) => sum / (total + prior))
}

export const cellOf = (unit: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor(unit * CELLS)))

/** Share of the normal distribution below a point (Abramowitz and Stegun 26.2.17, error below 1e-7). */
export function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * poly
  return x >= 0 ? 1 - tail : tail
}

export type Float = Extract<Decision, { kind: 'float' }>

/** Whether a decision is a real number with more than one value. */
export const isReal = (decision: Decision): decision is Float => decision.kind === 'float' && decision.from !== decision.to

/** A real number drawn from a density, with its place on the scale. */
export function drawReal(decision: Float, density: UnitDensity, random: Random): { readonly value: DecisionValue; readonly unit: number } {
  const value = fromUnit(decision, density.draw(random))
  return { value, unit: toUnit(decision, value) }
}
