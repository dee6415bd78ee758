import * as t from '../../src/tensor/index.ts'
import type { ForwardResult, Optimizer, Tensor } from '../../src/tensor/index.ts'
import { type Fingerprint, formulaTensor, readGolden } from './golden.ts'

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

/** What networks.py wrote of one network's training. */
export interface GoldenTraining {
  readonly rates: readonly number[]
  readonly losses: readonly number[]
  readonly shapes: Readonly<Record<string, t.Shape>>
  readonly final: Readonly<Record<string, Fingerprint>>
}

export const goldenTrainings = readGolden('networks.json') as Readonly<Record<string, GoldenTraining>>

/** As initialise() in networks.py. */
export function goldenWeights({ shapes, final }: GoldenTraining): t.NamedValues {
  const weights = new Map<string, { shape: t.Shape; data: Float32Array }>()
  for (const [i, name] of Object.keys(shapes).sort().entries()) {
    const shape = shapes[name]
    const isScale = name.endsWith('norm.weight')
    const scale = shape.length > 1 ? Math.sqrt(6 / t.sizeOf(shape.slice(1))) : isScale ? 0.2 : 0.1
    const data = formulaTensor(shape, i + 1, scale)
    weights.set(name, { shape, data: isScale && shape.length === 1 ? data.map((value) => 1 + value) : data })
  }
  for (const name of statisticsOf(final)) {
    const shape = shapes[name.replace(/running_.*/, 'weight')]
    weights.set(name, { shape, data: new Float32Array(t.sizeOf(shape)).fill(name.endsWith('var') ? 1 : 0) })
  }
  return weights
}

const statisticsOf = (final: GoldenTraining['final']): string[] => Object.keys(final).filter((name) => name.includes('running_'))

/** As in train() of networks.py: images that carry their class. */
export function goldenBatch(step: number): { x: Float32Array; y: Float32Array } {
  const x = formulaTensor([8, 3, 8, 8], 1000 + step)
  const y = new Float32Array(8 * 5)
  for (let n = 0; n < 8; n++) {
    const label = (n * 3 + step) % 5
    y[n * 5 + label] = 1
    for (let k = n * 192; k < (n + 1) * 192; k++) x[k] = Math.fround(x[k] + 0.5 * label) - 1
  }
  return { x, y }
}

/** The training program of a golden network; its batches are those of `goldenBatch`. */
export function goldenProgram(name: string, options: t.ProgramOptions & { readonly ema?: number }): Promise<t.TrainingProgram> {
  const { shapes, final } = goldenTrainings[name]
  const network = goldenNetworks[name]
  const x = t.input('x', [8, 3, 8, 8])
  const y = t.input('y', [8, 5])
  return t.createTrainingProgram({
    ...options,
    inputs: [x, y],
    parameters: Object.entries(shapes).map(([parameter, shape]) => ({ name: parameter, shape, decayed: shape.length > 1 })),
    statistics: statisticsOf(final).map((statistic) => ({ name: statistic, shape: shapes[statistic.replace(/running_.*/, 'weight')] })),
    forward: (get) => goldenForward(network, x, y, get),
    optimizer: network.optimizer,
    clipNorm: network.clipNorm,
  })
}
