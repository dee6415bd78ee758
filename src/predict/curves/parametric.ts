import { normal, type Random } from '../../space/index.ts'
import type { Curve, CurveBelief } from './curve.ts'
import { curveFamilies, type CurveFamily } from './families.ts'
import { mixtureBelief } from './mixture-belief.ts'
import { nelderMead } from './nelder-mead.ts'
import { type SampledDensity, stretchAll } from './stretch-move.ts'

export interface ParametricOptions {
  readonly walkers: number
  /** Rounds before positions count, and rounds that count; each moves every walker in every family. */
  readonly burn: number
  readonly rounds: number
  readonly families: readonly CurveFamily[]
}

const usual: ParametricOptions = { walkers: 28, burn: 28, rounds: 24, families: curveFamilies }

/** Fewest points from which a curve is continued. */
export const fewestPoints = 4

/** The whole training is so long in the families' x, as if it were that many epochs. */
const END = 100
/** Most points that are fitted: of more, evenly spread ones, the last one among them. */
const MOST = 14
/** Where the lowest and the highest value seen are put, so that one set of bounds fits all metrics. */
const [LOW, HIGH] = [0.1, 0.7]
/** Of the noise's logarithm. */
const NOISE = [Math.log(0.003), Math.log(0.3)] as const
/** Deviation of the prior of the curve's end around the highest value seen: half of all that was gained so far. */
const END_SPREAD = (HIGH - LOW) / 2
/** Rounds from one sample to the next. */
const THIN = 4

/**
 * Continues a learning curve by a weighted mean of growth curves (Domhan, Springenberg and Hutter 2015, IJCAI): weights, parameters and noise are sampled from
 * their posterior by a Markov chain, and the samples' ends are the belief. Their weights are free; here they sum up to 1, which keeps the sum among its parts.
 *
 * @param curve `fewestPoints` points or more, the better the larger
 */
export function continueCurve(curve: Curve, random: Random, options: Partial<ParametricOptions> = {}): CurveBelief {
  const { walkers, burn, rounds, families } = { ...usual, ...options }
  const seen = thinned(curve)
  const [least, most] = [Math.min(...seen.values), Math.max(...seen.values)]
  const unit = (most - least || 1e-9 * Math.max(1, Math.abs(most))) / (HIGH - LOW)
  const x = seen.shares.map((share) => Math.max(1, share * END))
  const y = seen.values.map((value) => LOW + (value - least) / unit)
  const model = new Mixture(families, x, y, walkers)
  const ensemble = model.start(random)
  const ends: number[] = []
  const noises: number[] = []
  for (let round = 0; round < burn + rounds; round++) {
    stretchAll(ensemble, model, random)
    if (round < burn || (round - burn) % THIN !== THIN - 1) continue
    for (const [walker, position] of ensemble.positions.entries()) {
      ends.push(least + (model.end(walker) - LOW) * unit)
      noises.push(Math.exp(position[position.length - 1]) * unit)
    }
  }
  return mixtureBelief(ends, noises)
}

function thinned({ shares, values }: Curve): Curve {
  const n = shares.length
  if (n <= MOST) return { shares, values }
  const places = Array.from({ length: MOST }, (_, i) => Math.round((i * (n - 1)) / (MOST - 1)))
  return { shares: places.map((place) => shares[place]), values: places.map((place) => values[place]) }
}

/** Where a family's parameters and its weight stand in a position. */
interface Part {
  readonly family: CurveFamily
  readonly from: number
  readonly places: readonly number[]
}

/** The posterior of the mixture; each walker's families are remembered, so that a move computes one of them. */
class Mixture implements SampledDensity {
  readonly blocks: readonly (readonly number[])[]
  readonly #parts: readonly Part[]
  readonly #x: Float64Array
  readonly #y: Float64Array
  readonly #noise: number
  /** Of each walker and family: its weight before division, and that times its values at all x. */
  readonly #weights: Float64Array[]
  readonly #values: Float64Array[][]
  /** Sums of these over the families. */
  readonly #totals: Float64Array[]
  readonly #sums: Float64Array
  /** Of the position asked last. */
  readonly #asked: Float64Array
  #askedWeight = 0

  constructor(families: readonly CurveFamily[], x: readonly number[], y: readonly number[], walkers: number) {
    let from = 0
    this.#parts = families.map((family) => {
      const places = Array.from({ length: family.bounds.length + 1 }, (_, i) => from + i)
      const part = { family, from, places }
      from += places.length
      return part
    })
    this.#noise = from
    this.blocks = [...this.#parts.map(({ places }) => places), [from]]
    // The end is one point more, which nothing was seen at.
    this.#x = Float64Array.from([...x, END])
    this.#y = Float64Array.from(y)
    this.#asked = new Float64Array(this.#x.length)
    this.#weights = Array.from({ length: walkers }, () => new Float64Array(families.length))
    this.#values = Array.from({ length: walkers }, () => families.map(() => new Float64Array(this.#x.length)))
    this.#totals = Array.from({ length: walkers }, () => new Float64Array(this.#x.length))
    this.#sums = new Float64Array(walkers)
  }

  /** Walkers around the best fit of each family. */
  start(random: Random): { readonly positions: readonly Float64Array[]; readonly densities: Float64Array } {
    const fits = this.#parts.map(({ family }) => this.#fit(family))
    const best = Math.min(...fits.map(({ error }) => error))
    const n = this.#y.length
    const noise = Math.min(NOISE[1] - 0.1, Math.max(NOISE[0] + 0.1, 0.5 * Math.log(best / n + 1e-5)))
    const positions = this.#weights.map((_, walker) => {
      const position = new Float64Array(this.#noise + 1)
      for (const [k, { family, from }] of this.#parts.entries()) {
        for (const [i, [low, high]] of family.bounds.entries()) {
          // A thousandth to a hundredth of the range away, inside the bounds: walkers on one spot could not stretch.
          const spread = 0.01 * (high - low) * (walker === 0 ? 0.1 : 1)
          position[from + i] = Math.min(high - 1e-6, Math.max(low + 1e-6, normal(random, fits[k].parameters[i], spread)))
        }
        const behind = (-n / 2) * Math.log((fits[k].error + 1e-6) / (best + 1e-6))
        position[from + family.bounds.length] = normal(random, Math.max(-3, behind), 0.3)
      }
      position[this.#noise] = normal(random, noise, 0.1)
      this.#remember(position, walker)
      return position
    })
    return { positions, densities: Float64Array.from(positions, (position, walker) => this.density(position, walker, this.#parts.length)) }
  }

  density(position: Float64Array, walker: number, block: number): number {
    const part = this.#parts.at(block)
    const [weight, values, total, sum] =
      part === undefined ? [0, undefined, this.#totals[walker], this.#sums[walker]] : this.#change(position, walker, block, part)
    if (weight < 0) return -Infinity
    const noise = position[this.#noise]
    if (!(noise > NOISE[0] && noise < NOISE[1])) return -Infinity
    const precision = Math.exp(-2 * noise)
    const old = this.#values[walker]
    let squares = 0
    for (let i = 0; i < this.#y.length; i++) {
      const mean = values === undefined ? total[i] / sum : (total[i] - old[block][i] + values[i]) / sum
      squares += (this.#y[i] - mean) ** 2
    }
    const last = this.#y.length
    const end = values === undefined ? total[last] / sum : (total[last] - old[block][last] + values[last]) / sum
    const fit = -0.5 * precision * squares - last * noise - 0.5 * ((end - HIGH) / END_SPREAD) ** 2
    return Number.isNaN(fit) ? -Infinity : fit + this.#prior(position)
  }

  moved(walker: number, block: number): void {
    if (block >= this.#parts.length) return
    const values = this.#values[walker][block]
    const totals = this.#totals[walker]
    for (let i = 0; i < values.length; i++) {
      totals[i] += this.#asked[i] - values[i]
      values[i] = this.#asked[i]
    }
    this.#sums[walker] += this.#askedWeight - this.#weights[walker][block]
    this.#weights[walker][block] = this.#askedWeight
  }

  /** What a walker's mixture ends with. */
  end(walker: number): number {
    const totals = this.#totals[walker]
    return totals[totals.length - 1] / this.#sums[walker]
  }

  /** The changed family at all x; a weight below 0 outside its bounds. */
  #change(
    position: Float64Array,
    walker: number,
    block: number,
    { family, from }: Part,
  ): readonly [number, Float64Array, Float64Array, number] {
    const parameters = position.subarray(from, from + family.bounds.length)
    const totals = this.#totals[walker]
    if (!inside(family, parameters)) return [-1, this.#asked, totals, 0]
    const weight = Math.exp(position[from + family.bounds.length])
    for (let i = 0; i < this.#x.length; i++) {
      const value = family.value(this.#x[i], parameters)
      // Far above all that was seen: no curve of interest, and sums would lose their digits.
      if (!(Math.abs(value) < 1000)) return [-1, this.#asked, totals, 0]
      this.#asked[i] = weight * value
    }
    this.#askedWeight = weight
    return [weight, this.#asked, totals, this.#sums[walker] - this.#weights[walker][block] + weight]
  }

  /** Logarithms of weights are normal around 0; parameters are even within their bounds. */
  #prior(position: Float64Array): number {
    let sum = 0
    for (const { family, from } of this.#parts) sum += position[from + family.bounds.length] ** 2
    return -0.5 * sum
  }

  #remember(position: Float64Array, walker: number): void {
    for (const [block, { family, from }] of this.#parts.entries()) {
      const parameters = position.subarray(from, from + family.bounds.length)
      const weight = Math.exp(position[from + family.bounds.length])
      this.#weights[walker][block] = weight
      this.#sums[walker] += weight
      for (const [i, x] of this.#x.entries()) {
        const value = weight * family.value(x, parameters)
        this.#values[walker][block][i] = value
        this.#totals[walker][i] += value
      }
    }
  }

  #fit(family: CurveFamily): { readonly parameters: Float64Array; readonly error: number } {
    const y = this.#y
    const error = (parameters: Float64Array): number => {
      if (!inside(family, parameters) || !(Math.abs(family.value(END, parameters)) < 1000)) return Infinity
      let sum = 0
      for (let i = 0; i < y.length; i++) sum += (family.value(this.#x[i], parameters) - y[i]) ** 2
      return Number.isNaN(sum) ? Infinity : sum
    }
    const start = family.start(y[0], y[y.length - 1]).map((value, i) => {
      const [low, high] = family.bounds[i]
      return Math.min(high - 0.01, Math.max(low + 0.01, value))
    })
    const sizes = family.bounds.map(([low, high], i) => (start[i] + 0.1 * (high - low) < high ? 0.1 : -0.1) * (high - low))
    const parameters = nelderMead(error, start, sizes, 150)
    return { parameters, error: error(parameters) }
  }
}

function inside({ bounds }: CurveFamily, parameters: Float64Array): boolean {
  for (let i = 0; i < bounds.length; i++) if (!(parameters[i] >= bounds[i][0] && parameters[i] <= bounds[i][1])) return false
  return true
}
