import type { Random } from '../../space/index.ts'
import { pickMany } from '../../space/random.ts'

/** Most values of a feature that are told apart. */
const BINS = 64

/** Examples with each feature cut into bins of about equally many: a split is then found by one pass over a histogram. */
export interface Binned {
  readonly length: number
  /** Bin of each example, feature by feature. */
  readonly codes: readonly Uint8Array[]
  /** Between bin k and k + 1 of a feature lies `cuts[feature][k]`. */
  readonly cuts: readonly Float64Array[]
}

/** Cuts the features of examples into bins. */
export function bin(inputs: readonly ArrayLike<number>[]): Binned {
  const features = inputs[0].length
  const cuts = Array.from({ length: features }, (_, feature) => cutsOf(inputs, feature))
  const codes = cuts.map((borders, feature) => Uint8Array.from(inputs, (input) => binOf(borders, input[feature])))
  return { length: inputs.length, codes, cuts }
}

function cutsOf(inputs: readonly ArrayLike<number>[], feature: number): Float64Array {
  const sorted = Float64Array.from(inputs, (input) => input[feature]).sort()
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  if (distinct.length <= BINS) return Float64Array.from({ length: distinct.length - 1 }, (_, i) => (distinct[i] + distinct[i + 1]) / 2)
  const borders = new Set<number>()
  for (let k = 1; k < BINS; k++) {
    const place = Math.round((k * sorted.length) / BINS)
    if (sorted[place - 1] < sorted[place]) borders.add((sorted[place - 1] + sorted[place]) / 2)
  }
  return Float64Array.from(borders).sort()
}

/** Number of borders below a value. */
function binOf(borders: Float64Array, value: number): number {
  let from = 0
  let to = borders.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (borders[middle] < value) from = middle + 1
    else to = middle
  }
  return from
}

export interface TreeOptions {
  /** Splits on the longest way from the root. */
  readonly depth: number
  /** Fewest examples in a leaf. */
  readonly leaf: number
  /** Features looked at in each split, drawn anew. */
  readonly features: number
}

/** A regression tree in arrays: node i asks whether its feature is above its border; a leaf has feature −1. */
export class Tree {
  readonly #features: number[] = []
  readonly #borders: number[] = []
  readonly #rights: number[] = []
  readonly #values: number[] = []

  /**
   * Grows a tree to least squares (Breiman et al. 1984).
   *
   * @param rows examples to learn from; one may stand several times. Its order is changed
   */
  constructor(data: Binned, targets: ArrayLike<number>, rows: Int32Array, options: TreeOptions, random: Random) {
    const all = data.codes.map((_, feature) => feature).filter((feature) => data.cuts[feature].length > 0)
    const counts = new Float64Array(BINS)
    const sums = new Float64Array(BINS)
    const grow = (from: number, to: number, depth: number): void => {
      const node = this.#values.length
      let sum = 0
      for (let i = from; i < to; i++) sum += targets[rows[i]]
      this.#features.push(-1)
      this.#borders.push(0)
      this.#rights.push(0)
      this.#values.push(sum / (to - from))
      if (depth === 0 || to - from < 2 * options.leaf) return
      const looked = options.features < all.length ? pickMany(random, all, options.features) : all
      let gain = 1e-12 * (1 + Math.abs((sum * sum) / (to - from)))
      let [feature, border] = [-1, 0]
      for (const candidate of looked) {
        const codes = data.codes[candidate]
        const bins = data.cuts[candidate].length + 1
        counts.fill(0, 0, bins)
        sums.fill(0, 0, bins)
        for (let i = from; i < to; i++) {
          const row = rows[i]
          counts[codes[row]]++
          sums[codes[row]] += targets[row]
        }
        let [count, left] = [0, 0]
        for (let k = 0; k + 1 < bins; k++) {
          count += counts[k]
          left += sums[k]
          const others = to - from - count
          if (counts[k] === 0 || count < options.leaf) continue
          if (others < options.leaf) break
          const right = sum - left
          const found = (left * left) / count + (right * right) / others - (sum * sum) / (to - from)
          if (found > gain) [gain, feature, border] = [found, candidate, k]
        }
      }
      if (feature < 0) return
      const middle = partition(rows, from, to, data.codes[feature], border)
      this.#features[node] = feature
      this.#borders[node] = data.cuts[feature][border]
      grow(from, middle, depth - 1)
      this.#rights[node] = this.#values.length
      grow(middle, to, depth - 1)
    }
    grow(0, rows.length, options.depth)
  }

  predict(input: ArrayLike<number>): number {
    let node = 0
    while (this.#features[node] >= 0) node = input[this.#features[node]] > this.#borders[node] ? this.#rights[node] : node + 1
    return this.#values[node]
  }
}

/** Puts rows whose code is at most the border first; gives where the others begin. */
function partition(rows: Int32Array, from: number, to: number, codes: Uint8Array, border: number): number {
  const above: number[] = []
  let at = from
  for (let i = from; i < to; i++) {
    if (codes[rows[i]] <= border) rows[at++] = rows[i]
    else above.push(rows[i])
  }
  rows.set(above, at)
  return at
}
