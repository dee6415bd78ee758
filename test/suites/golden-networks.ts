import * as t from '../../src/tensor/index.ts'
import type { ForwardResult, Optimizer, Tensor } from '../../src/tensor/index.ts'

/** A network of test/golden/networks.py: names of parameters as PyTorch has them. */
export interface GoldenNetwork {
  readonly optimizer: Optimizer
  readonly clipNorm?: number
  readonly labelSmoothing: number
  readonly forward: (x: Tensor, layers: Layers) => Tensor
}

/** Layers that find their parameters by name, and collect what batch norm's statistics become. */
export interface Layers {
  readonly convBn: (
    name: string,
    x: Tensor,
    options?: { readonly stride?: number; readonly groups?: number; readonly relu?: boolean; readonly add?: Tensor },
  ) => Tensor
  readonly linear: (name: string, x: Tensor) => Tensor
  readonly layerNorm: (name: string, x: Tensor) => Tensor
}

const pooled = (x: Tensor): Tensor => t.flatten(t.globalAveragePool(x))

export const goldenNetworks: Readonly<Record<string, GoldenNetwork>> = {
  plain: {
    optimizer: t.sgd({ momentum: 0.9, nesterov: true, weightDecay: 1e-2 }),
    labelSmoothing: 0,
    forward(x, { convBn, linear }) {
      const a = t.maxPool(convBn('a', x, { relu: true }), { kernel: 2 })
      const b = t.averagePool(convBn('b', a, { relu: true }), { kernel: 2 })
      return linear('fc', pooled(convBn('c', b, { relu: true })))
    },
  },
  residual: {
    optimizer: t.sgd({ momentum: 0.9, weightDecay: 5e-4 }),
    clipNorm: 1,
    labelSmoothing: 0.1,
    forward(x, { convBn, linear }) {
      const stem = convBn('stem', x, { relu: true })
      const a = convBn('a2', convBn('a1', stem, { relu: true }), { add: stem, relu: true })
      // The sum and the ReLU as ops of their own here: they must come to the same.
      const b = t.relu(t.add(convBn('b2', convBn('b1', a, { stride: 2, relu: true })), convBn('bs', a, { stride: 2 })))
      return linear('fc', pooled(b))
    },
  },
  mobile: {
    optimizer: t.adamw({ weightDecay: 0.05 }),
    labelSmoothing: 0.1,
    forward(x, { convBn, linear, layerNorm }) {
      const stem = t.hardSwish(convBn('stem', x, { stride: 2 }))
      const depth = t.silu(convBn('depth', t.silu(convBn('expand', stem)), { groups: 48 }))
      const block = t.add(stem, convBn('project', depth))
      return linear('fc', t.gelu(layerNorm('norm', linear('hidden', pooled(block)))))
    },
  },
}

/** Builds a network's loss, with the layers over `get`. */
export function goldenForward(network: GoldenNetwork, x: Tensor, targets: Tensor, get: (name: string) => Tensor): ForwardResult {
  const statistics = new Map<string, Tensor>()
  const layers: Layers = {
    convBn(name, input, { stride = 1, groups = 1, relu, add } = {}) {
      const weight = get(`${name}.conv.weight`)
      const y = t.convolution(input, weight, { stride, groups, pads: t.samePads(weight.shape[2]) })
      const norm = t.batchNormTraining(y, get(`${name}.norm.weight`), get(`${name}.norm.bias`), { relu, add })
      for (const [statistic, batch] of [
        ['mean', norm.mean],
        ['var', norm.variance],
      ] as const) {
        const running = `${name}.norm.running_${statistic}`
        statistics.set(running, t.runningStatistic(get(running), batch))
      }
      return norm.output
    },
    // PyTorch keeps a dense layer's weight as [units, inputs].
    linear: (name, input) => t.dense(input, t.transpose(get(`${name}.weight`)), get(`${name}.bias`)),
    layerNorm: (name, input) => t.layerNorm(input, get(`${name}.weight`), get(`${name}.bias`)),
  }
  const logits = network.forward(x, layers)
  return { loss: t.softmaxCrossEntropy(logits, targets, { labelSmoothing: network.labelSmoothing }), outputs: { logits }, statistics }
}
