import type { Batch } from '../data/dataset.ts'
import type { Weights } from '../network/index.ts'
import type { InferenceProgram } from '../tensor/index.ts'
import { alternativeWork, costGradient } from './expected-cost.ts'
import { feedsOf, type GateFeeds, type RelaxedSupernet } from './relaxed.ts'

export interface Place {
  readonly weights: Weights
  readonly train: Batch
  readonly valid: Batch
  readonly gates: GateFeeds
  /** Learning rate of the weights. */
  readonly rate: number
}

/** The gradient, with respect to the alphas, of the validation loss. */
export interface Hypergradient {
  at(place: Place): Promise<Float32Array>
  release(): Promise<void>
}

/** Of a program that is compiled when the first batch is there. */
function lazily<A extends readonly unknown[]>(make: (...args: A) => Promise<InferenceProgram>) {
  let program: Promise<InferenceProgram> | undefined
  return {
    get: (...args: A): Promise<InferenceProgram> => (program ??= make(...args)),
    async release(): Promise<void> {
      await (await program)?.release()
    },
  }
}

/** First order: the weights are taken as they are. */
export function firstOrder(supernet: RelaxedSupernet): Hypergradient {
  const program = lazily((batch: Batch) => supernet.gradientProgram(batch))
  return {
    async at({ weights, valid, gates }) {
      const compiled = await program.get(valid)
      compiled.load(weights)
      return (await compiled.run(feedsOf(valid, gates))).alphaGradient.data as Float32Array
    },
    release: program.release,
  }
}

/** Of the training loss: weights and alphas follow one loss. */
export function onTraining(supernet: RelaxedSupernet): Hypergradient {
  const { at, release } = firstOrder(supernet)
  return { at: (place) => at({ ...place, valid: place.train }), release }
}

type MakeHypergradient = (supernet: RelaxedSupernet) => Hypergradient

/** With a loss on the alphas alone added. @param slopeOf gives its gradient, for a supernet */
export const withPenalty =
  (inner: MakeHypergradient, slopeOf: (supernet: RelaxedSupernet) => (alphas: Float32Array) => Float32Array): MakeHypergradient =>
  (supernet) => {
    const { at, release } = inner(supernet)
    const slope = slopeOf(supernet)
    return {
      async at(place) {
        const slopes = slope(place.gates.alphas)
        return (await at(place)).map((value, i) => value + slopes[i])
      },
      release,
    }
  }

/** With the expected work of the network, as a share of the dearest one's, added to the loss. */
export const withCost = (inner: MakeHypergradient, weight: number): MakeHypergradient =>
  withPenalty(inner, ({ supernet, layout }) => {
    const work = alternativeWork(supernet, layout)
    return (alphas) => costGradient(work, layout, alphas).map((slope) => weight * slope)
  })

/** Second order, exact: the weights' step on the training loss is part of the graph, and is differentiated again. */
export function exactSecondOrder(supernet: RelaxedSupernet): Hypergradient {
  const program = lazily((train: Batch, valid: Batch) => supernet.unrolledProgram(train, valid))
  return {
    async at({ weights, train, valid, gates, rate }) {
      const compiled = await program.get(train, valid)
      compiled.load(weights)
      const feeds = {
        ...feedsOf(train, gates),
        validInputs: valid.inputs,
        validTargets: valid.targets,
        rate: Float32Array.of(rate),
      }
      return (await compiled.run(feeds)).alphaGradient.data as Float32Array
    },
    release: program.release,
  }
}

/** Second order by finite differences (Liu et al. 2019, arXiv:1806.09055, equation 8): two more gradients instead of a second derivative. */
export function finiteSecondOrder(supernet: RelaxedSupernet): Hypergradient {
  const program = lazily((batch: Batch) => supernet.gradientProgram(batch, true))
  return {
    async at({ weights, train, valid, gates, rate }) {
      const compiled = await program.get(train)
      const gradients = async (at: Weights, batch: Batch) => {
        compiled.load(at)
        const { alphaGradient, weightGradient } = await compiled.run(feedsOf(batch, gates))
        return { alphas: alphaGradient.data as Float32Array, weights: weightGradient.data as Float32Array }
      }
      const along = (direction: Float32Array, amount: number): Weights => moved(supernet, weights, direction, amount)
      const own = await gradients(weights, train)
      const after = await gradients(along(own.weights, -rate), valid)
      const epsilon = 0.01 / Math.max(1e-12, Math.hypot(...chunks(after.weights)))
      const up = await gradients(along(after.weights, epsilon), train)
      const down = await gradients(along(after.weights, -epsilon), train)
      return after.alphas.map((value, i) => value - (rate * (up.alphas[i] - down.alphas[i])) / (2 * epsilon))
    },
    release: program.release,
  }
}

/** Norms of pieces of a vector, whose norm is that of the whole. */
function chunks(values: Float32Array): number[] {
  const size = 4096
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    Math.sqrt(values.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value * value, 0)),
  )
}

/** Weights moved along a flat direction, in the order of the supernet's trained parameters. */
function moved(supernet: RelaxedSupernet, weights: Weights, direction: Float32Array, amount: number): Weights {
  const after = new Map(weights)
  let offset = 0
  for (const { name } of supernet.trained) {
    const { shape, data } = weights.get(name) as { readonly shape: readonly number[]; readonly data: Float32Array }
    const start = offset
    after.set(name, { shape, data: data.map((value, i) => value + amount * direction[start + i]) })
    offset += data.length
  }
  return after
}
