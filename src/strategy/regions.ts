import type { Architecture, SearchSpace } from '../space/index.ts'
import { picksIn } from './slots.ts'

/** An architecture as the numbers of its features: one for each category that it takes. */
export type Features = readonly number[]

/** Numbers the features of a space as they come. */
export class FeatureTable {
  /** By slot and category; a category that did not come yet has no number. */
  readonly #numbers = new Map<string, (number | undefined)[]>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Features of an architecture; those that are new get a number when `learn`, else are left out. */
  of(space: SearchSpace, architecture: Architecture, learn: boolean): Features {
    const features: number[] = []
    for (const { slot, index } of picksIn(space, architecture)) {
      const numbers = this.#numbers.get(slot.key) ?? []
      if (learn && numbers[index] === undefined) {
        numbers[index] = this.#count++
        this.#numbers.set(slot.key, numbers)
      }
      const number = numbers[index]
      if (number !== undefined) features.push(number)
    }
    return features
  }
}

/** A trial as the tree knows it. */
export interface Sample {
  readonly architecture: Architecture
  readonly number: number
  readonly features: Features
  /** What is to be made greater, 0 to 1. */
  readonly value: number
}

/** A part of the space, cut by a hyperplane over the features into a better and a worse part, unless it is a leaf. */
export interface Region {
  readonly samples: Sample[]
  /** Sum of the samples' values. */
  total: number
  readonly cut?: { readonly weights: Float64Array; readonly better: Region; readonly worse: Region }
}

export interface RegionOptions {
  /** Cuts from the whole space to a leaf at most. */
  readonly depth: number
  /** Least samples on each side of a cut. */
  readonly least: number
}

/** Parts the space by what was measured: each part at the mean of a linear model of its own samples (Wang et al. 2019, arXiv:1906.06832). */
export function growRegions(samples: readonly Sample[], features: number, { depth, least }: RegionOptions): Region {
  const total = samples.reduce((sum, { value }) => sum + value, 0)
  const leaf: Region = { samples: [...samples], total }
  if (depth === 0 || samples.length < 2 * least) return leaf
  const mean = total / samples.length
  const weights = ridge(samples, features, mean)
  const isBetter = (sample: Sample): boolean => project(weights, sample.features) > 0
  const [better, worse] = [samples.filter(isBetter), samples.filter((sample) => !isBetter(sample))]
  if (better.length < least || worse.length < least) return leaf
  const grow = (part: readonly Sample[]): Region => growRegions(part, features, { depth: depth - 1, least })
  return { ...leaf, cut: { weights, better: grow(better), worse: grow(worse) } }
}

/** The way from the whole space down to the leaf that an architecture lies in. */
export function pathOf(root: Region, features: Features): readonly Region[] {
  const path = [root]
  for (let at = root; at.cut; ) {
    at = project(at.cut.weights, features) > 0 ? at.cut.better : at.cut.worse
    path.push(at)
  }
  return path
}

/**
 * The way down that upper confidence bounds take (Kocsis and Szepesvári 2006): the mean of a part, and more the fewer samples it has.
 *
 * @param exploration the paper's c
 */
export function promisingPath(root: Region, exploration: number): readonly Region[] {
  const bound = ({ samples, total }: Region, visits: number): number =>
    total / samples.length + 2 * exploration * Math.sqrt((2 * Math.log(visits)) / samples.length)
  const path = [root]
  for (let at = root; at.cut; ) {
    const { better, worse } = at.cut
    const visits = at.samples.length
    at = bound(better, visits) >= bound(worse, visits) ? better : worse
    path.push(at)
  }
  return path
}

/** Strength of the pull of all weights towards zero. */
const RIDGE = 1
/** Most steps of the solver. */
const STEPS = 30

/** Weights of the linear model of value - mean with the least squares and small weights, by conjugate gradients: each sample touches only its own features. */
function ridge(samples: readonly Sample[], features: number, mean: number): Float64Array {
  const weights = new Float64Array(features)
  const rest = new Float64Array(features)
  for (const sample of samples) for (const feature of sample.features) rest[feature] += sample.value - mean
  let direction = rest.slice()
  let square = dot(rest, rest)
  const least = 1e-12 * square
  for (let step = 0; step < STEPS && square > least; step++) {
    const image = direction.map((value) => RIDGE * value)
    for (const sample of samples) {
      const along = project(direction, sample.features)
      for (const feature of sample.features) image[feature] += along
    }
    const length = square / dot(direction, image)
    for (let i = 0; i < features; i++) {
      weights[i] += length * direction[i]
      rest[i] -= length * image[i]
    }
    const next = dot(rest, rest)
    direction = direction.map((value, i) => rest[i] + (next / square) * value)
    square = next
  }
  return weights
}

function project(weights: Float64Array, features: Features): number {
  let sum = 0
  for (const feature of features) sum += weights[feature] ?? 0
  return sum
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
