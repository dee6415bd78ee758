import { initialVariance } from '../../network/index.ts'
import { always, channelSum, input, mul, reduceMean, reduceSum, square, sub, type Tensor } from '../../tensor/index.ts'
import type { Model } from './model.ts'
import { flat, one, type Passes } from './passes.ts'
import { defined, type ZeroCostScore } from './score.ts'

/** Standard deviation of the change, as published. */
export const zenChange = 0.01

/** Layers that end what is made of positions. */
const ending: ReadonlySet<string> = new Set(['global-average-pool', 'flatten', 'last-step'])

/** Where a network's features are: before its last pooling, or before its last layer. */
function featuresOf({ layers, output }: Model): string {
  const last = layers.findLast(({ layer }) => ending.has(layer.kind)) ?? layers.find(({ path }) => path === output)
  return last?.inputs[0] ?? output
}

/** Variance of each channel over all else, averaged over the channels. */
function meanVariance(x: Tensor): Tensor {
  const count = x.shape.reduce((product, size) => product * size, 1) / x.shape[1]
  return reduceMean(sub(mul(channelSum(square(x)), 1 / count), square(mul(channelSum(x), 1 / count))))
}

/** Parameters as the score wants them: random ones of variance 1, whatever they begin with. */
function standard({ model, get }: Passes): (name: string) => Tensor {
  const specs = new Map(model.specs.map((spec) => [spec.name, spec]))
  return (name) => {
    const spec = specs.get(name)
    const variance = spec === undefined ? 1 : initialVariance(spec)
    return variance === 1 ? get(name) : mul(get(name), 1 / Math.sqrt(variance))
  }
}

/**
 * How strongly the features before the last pooling answer to a small change of a random input, with weights of variance 1: the logarithm of the mean length of
 * the features' change for a change of 0.01 times normal numbers, plus the logarithm of each batch norm's mean deviation, which the norm divides by (Lin et
 * al. 2021, arXiv:2102.01063; sums with shortcuts stay as they are in the network). Needs no data; larger is expected to be better. Batch norms
 * that see zeros only count nothing. −Infinity where nothing reaches the features, and for networks that read codes, which have no small changes.
 */
export const zen: ZeroCostScore = {
  name: 'zen',
  summary: 'how strongly features answer to a small change of a random input',
  paper: 'Lin et al. 2021, arXiv:2102.01063',
  outputs(passes) {
    const { model, batch } = passes
    const shape = [batch, ...model.input.shape]
    const get = standard(passes)
    const plain = model.pass(input('noise', shape), get, true)
    const moved = model.pass(input('moved', shape), get, true)
    const place = featuresOf(model)
    const [before, after] = [plain.values.get(place), moved.values.get(place)]
    const change = square(sub(after as Tensor, before as Tensor))
    const axes = change.shape.map((_, axis) => axis).slice(1)
    const norms = model.layers.filter(({ layer }) => layer.kind === 'batch-norm')
    return {
      change: [{ name: place, vector: flat(reduceSum(change, axes)), on: always }],
      variances: norms.map(({ path, inputs }) => ({
        name: path,
        vector: one(meanVariance(plain.values.get(inputs[0]) as Tensor)),
        on: model.on(path),
      })),
    }
  },
  value({ parts, batch }) {
    const [change] = parts('change').values()
    const length = change.reduce((sum, square) => sum + Math.sqrt(square), 0) / batch
    let scale = 0
    for (const [variance] of parts('variances').values()) if (variance > 1e-12) scale += Math.log(variance) / 2
    return defined(Math.log(length) + scale)
  },
}
