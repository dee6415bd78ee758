import { gradients } from '../../src/tensor/gradients.ts'
import { input } from '../../src/tensor/graph.ts'
import { add, mul } from '../../src/tensor/ops/arithmetic.ts'
import { reduceSum } from '../../src/tensor/ops/broadcast.ts'
import { batchNormTraining } from '../../src/tensor/functions/batch-norm.ts'
import { convolution } from '../../src/tensor/ops/convolution.ts'
import { averagePool, globalAveragePool, maxPool } from '../../src/tensor/ops/pooling.ts'
import { reshape } from '../../src/tensor/ops/shape.ts'
import { relu, sigmoid, tanh } from '../../src/tensor/ops/unary.ts'
import { concat, pad, slice } from '../../src/tensor/ops/window.ts'
import { sameShape } from '../../src/tensor/shapes.ts'
import type { Shape, Tensor } from '../../src/tensor/tensor.ts'

/** A network of random layers on images of odd sizes, and the gradients of all its parameters; the same for the same seed. */
export function randomNet(seed: number): Record<string, Tensor> {
  let state = seed * 48271
  const below = (count: number): number => {
    state = (state * 48271) % 2147483647
    return state % count
  }
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]
  const parameters: Tensor[] = []
  const parameter = (shape: Shape): Tensor => {
    const tensor = input(`p${parameters.length}`, shape)
    parameters.push(tensor)
    return tensor
  }
  const convolved = (x: Tensor, outputs: number): Tensor => {
    const [kernel, dilation] = [pick([1, 2, 3, 5]), pick([1, 1, 2])]
    const isDepthwise = below(3) === 0
    const groups = isDepthwise ? x.shape[1] : 1
    const channels = isDepthwise ? x.shape[1] : outputs
    const weight = parameter([channels, x.shape[1] / groups, kernel, kernel])
    const bias = below(2) === 0 ? parameter([channels]) : undefined
    const options = { stride: pick([1, 1, 2]), dilation, groups, pads: ((kernel - 1) * dilation) >> 1, bias }
    const span = (kernel - 1) * dilation + 1
    const fits = x.shape.slice(2).every((size) => size + 2 * options.pads >= span)
    return fits ? mul(convolution(x, weight, options), 1 / Math.sqrt(weight.shape[1] * kernel * kernel)) : x
  }
  const normalised = (x: Tensor): Tensor => {
    const channels = [x.shape[1]]
    // With few values a channel's variance may all but vanish, and rounding be all that is compared.
    if (x.shape[0] * x.shape[2] * x.shape[3] < 24) return x
    return batchNormTraining(x, parameter(channels), parameter(channels), { epsilon: 0.1, relu: below(2) === 0 }).output
  }
  const gated = (x: Tensor): Tensor => mul(x, sigmoid(globalAveragePool(x)))
  const seen: Tensor[] = []
  const joined = (x: Tensor): Tensor => {
    const same = seen.filter((other) => sameShape(other.shape, x.shape))
    if (same.length === 0) return x
    return below(2) === 0 ? add(x, pick(same)) : concat([x, pick(same)], 1)
  }
  const layers: ((x: Tensor) => Tensor)[] = [
    (x) => convolved(x, pick([8, 16, 20, 32])),
    (x) => convolved(x, pick([4, 16, 16, 24])),
    normalised,
    relu,
    (x) => (Math.min(x.shape[2], x.shape[3]) < 4 ? x : maxPool(x, pick([{ kernel: 2 }, { kernel: 3, stride: 2, pads: 1 }]))),
    (x) => averagePool(x, { kernel: 3, stride: pick([1, 2]), pads: 1, countIncludePad: below(2) === 0 }),
    gated,
    joined,
    (x) => pad(x, [0, 0, 1, 0], [0, 0, 0, 1]),
    (x) => slice(x, [0, 0, below(2), 0], x.shape, [1, 1, 1, 1]),
    (x) => mul(x, reshape(parameter([x.shape[1]]), [x.shape[1], 1, 1])),
    tanh,
  ]
  const image = input('x', [pick([2, 3, 16]), pick([1, 3, 16]), 9 + below(4), 9 + below(4)])
  let x = convolution(image, parameter([16, image.shape[1], 3, 3]), { pads: 1 })
  for (let i = 0; i < 9; i++) {
    seen.push(x)
    x = pick(layers)(x)
  }
  const loss = reduceSum(mul(x, input('up', x.shape)))
  return { loss, y: x, ...Object.fromEntries(gradients(loss, parameters).map((gradient, i) => [`gradient${i}`, gradient])) }
}
