import { kernel, kernelBetween, type KernelPoint, type KernelSetting, relate, type Relation } from './architecture-kernel.ts'
import type { Belief } from './belief.ts'
import { GaussianProcess } from './gaussian-process.ts'

const SHARES = [0, 0.5, 1]
/** Squared length scales, in medians of the squared distances. */
const SCALES = [0.25, 0.5, 1, 2]
const NOISES = [0.01, 0.03, 0.1, 0.3]
/** Examples that the settings are chosen by, at most. */
const CHOOSING = 100

/**
 * A Gaussian process over architectures whose kernel's settings and noise are those under which the examples are likeliest (Ru et al. 2021,
 * arXiv:2006.07556 choose the rounds so).
 */
export class ArchitectureProcess {
  readonly #points: readonly KernelPoint[]
  readonly #setting: KernelSetting
  readonly #process: GaussianProcess
  /** Largest of the beliefs at the examples. */
  readonly best: number

  /** @param targets best with mean 0 and deviation 1 */
  constructor(points: readonly KernelPoint[], targets: Float64Array) {
    this.#points = points
    const relations = relateAll(points)
    const { setting, noise } = choose(relations, targets)
    this.#setting = setting
    const gram = gramOf(relations, setting)
    this.#process = new GaussianProcess(gram, targets, noise)
    this.best = Math.max(...points.map((_, i) => this.#process.mean(gram.subarray(i * points.length, (i + 1) * points.length))))
  }

  predict(point: KernelPoint): Belief {
    const row = Float64Array.from(this.#points, (other) => kernelBetween(this.#setting, point, other))
    return this.#process.predict(row, 1)
  }
}

/** Lower triangle of the relations, row by row. */
const relateAll = (points: readonly KernelPoint[]): readonly (readonly Relation[])[] =>
  points.map((point, i) => points.slice(0, i + 1).map((other) => relate(point, other)))

function gramOf(relations: readonly (readonly Relation[])[], setting: KernelSetting): Float64Array {
  const n = relations.length
  const gram = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = kernel(setting, relations[i][j])
  return gram
}

/** The likeliest kernel at middling noise, then the likeliest noise. */
function choose(all: readonly (readonly Relation[])[], targets: Float64Array): { readonly setting: KernelSetting; readonly noise: number } {
  const step = Math.ceil(all.length / CHOOSING)
  const taken = all.map((_, i) => i).filter((i) => i % step === 0)
  const relations = taken.map((i, row) => taken.slice(0, row + 1).map((j) => all[i][j]))
  const values = Float64Array.from(taken, (i) => targets[i])
  const likelihood = (setting: KernelSetting, noise: number): number =>
    new GaussianProcess(gramOf(relations, setting), values, noise).logLikelihood
  const setting = largest(settings(relations), (candidate) => likelihood(candidate, 0.1))
  return { setting, noise: largest(NOISES, (noise) => likelihood(setting, noise)) }
}

function settings(relations: readonly (readonly Relation[])[]): readonly KernelSetting[] {
  const distances = relations.flatMap((row, i) => row.slice(0, i).map(({ distance }) => distance)).sort((a, b) => a - b)
  const median = distances[distances.length >> 1] || 1
  const { likeness } = relations[0][0]
  return SHARES.flatMap((graph) =>
    (graph === 0 ? [0] : likeness.map((_, rounds) => rounds)).flatMap((rounds) =>
      (graph === 1 ? [1] : SCALES).map((scale) => ({ graph, rounds, scale: scale * median })),
    ),
  )
}

function largest<T>(items: readonly T[], value: (item: T) => number): T {
  let best = items[0]
  let most = -Infinity
  for (const item of items) {
    const found = value(item)
    if (found > most) [best, most] = [item, found]
  }
  return best
}
