import {
  add,
  averagePool,
  batchNormTraining,
  convolution,
  dense,
  type ForwardResult,
  globalAveragePool,
  input,
  maxPool,
  oneHot,
  type ParameterDeclaration,
  relu,
  reshape,
  runningStatistic,
  type Shape,
  softmaxCrossEntropy,
  type StatisticDeclaration,
  type Tensor,
} from '../../src/tensor/index.ts'

/** A network to time: the same in train-step.py, under the same name. */
export interface Net {
  readonly name: string
  readonly title: string
  readonly inputs: readonly Tensor[]
  readonly parameters: readonly ParameterDeclaration[]
  readonly statistics: readonly StatisticDeclaration[]
  readonly forward: (get: (name: string) => Tensor) => ForwardResult
}

const classes = 10

/** Layers as functions; each declares its parameters when it is first called, in a dry run. */
interface Layers {
  readonly conv: (x: Tensor, outputs: number, kernel: number, options?: { readonly stride?: number; readonly groups?: number }) => Tensor
  readonly norm: (x: Tensor, options?: { readonly relu?: boolean; readonly add?: Tensor }) => Tensor
  readonly linear: (x: Tensor, outputs: number) => Tensor
}

type Body = (x: Tensor, layers: Layers) => Tensor

/** Where a layer's parameters and new statistics go and come from. */
interface Scope {
  readonly parameter: (name: string, shape: Shape, decayed: boolean) => Tensor
  readonly statistic: (name: string, shape: Shape, next: (old: Tensor) => Tensor) => void
}

function layersIn(scope: Scope): Layers {
  let counter = 0
  return {
    conv(x, outputs, kernel, { stride = 1, groups = 1 } = {}) {
      const weight = scope.parameter(`conv${counter++}`, [outputs, x.shape[1] / groups, kernel, kernel], true)
      return convolution(x, weight, { stride, groups, pads: Math.floor(kernel / 2) })
    },
    norm(x, options) {
      const name = `norm${counter++}`
      const channels = [x.shape[1]]
      const result = batchNormTraining(
        x,
        scope.parameter(`${name}.scale`, channels, false),
        scope.parameter(`${name}.shift`, channels, false),
        options,
      )
      scope.statistic(`${name}.mean`, channels, (old) => runningStatistic(old, result.mean))
      scope.statistic(`${name}.variance`, channels, (old) => runningStatistic(old, result.variance))
      return result.output
    },
    linear(x, outputs) {
      const name = `linear${counter++}`
      const weight = scope.parameter(`${name}.weight`, [x.shape[1], outputs], true)
      return dense(x, weight, scope.parameter(`${name}.bias`, [outputs], false))
    },
  }
}

function net(name: string, title: string, shape: Shape, body: Body): Net {
  const [x, labels] = [input('x', shape), input('y', [shape[0]], 'int64')]
  const parameters: ParameterDeclaration[] = []
  const statistics: StatisticDeclaration[] = []
  body(
    x,
    layersIn({
      parameter(parameter, parameterShape, decayed) {
        parameters.push({ name: parameter, shape: parameterShape, decayed })
        return input(parameter, parameterShape)
      },
      statistic: (statistic, statisticShape) => void statistics.push({ name: statistic, shape: statisticShape }),
    }),
  )
  return {
    name,
    title,
    inputs: [x, labels],
    parameters,
    statistics,
    forward(get) {
      const next = new Map<string, Tensor>()
      const logits = body(
        x,
        layersIn({
          parameter: (parameter) => get(parameter),
          statistic: (statistic, _, update) => void next.set(statistic, update(get(statistic))),
        }),
      )
      return { loss: softmaxCrossEntropy(logits, oneHot(labels, classes)), statistics: next }
    },
  }
}

const head = (x: Tensor, { linear }: Layers): Tensor => linear(reshape(globalAveragePool(x), [x.shape[0], x.shape[1]]), classes)

const plain: Body = (x, layers) => {
  const block = (from: Tensor, width: number): Tensor => layers.norm(layers.conv(from, width, 3), { relu: true })
  const first = maxPool(block(x, 32), { kernel: 2 })
  const second = maxPool(block(first, 64), { kernel: 2 })
  return head(block(second, 64), layers)
}

const resnet20: Body = (x, layers) => {
  let y = layers.norm(layers.conv(x, 16, 3), { relu: true })
  for (const [width, stride] of [
    [16, 1],
    [16, 1],
    [16, 1],
    [32, 2],
    [32, 1],
    [32, 1],
    [64, 2],
    [64, 1],
    [64, 1],
  ] as const) {
    const short = y.shape[1] === width ? y : layers.norm(layers.conv(y, width, 1, { stride }))
    const inner = layers.norm(layers.conv(y, width, 3, { stride }), { relu: true })
    y = layers.norm(layers.conv(inner, width, 3), { add: short, relu: true })
  }
  return head(y, layers)
}

const separable: Body = (x, layers) => {
  let y = layers.norm(layers.conv(x, 16, 3), { relu: true })
  for (const [width, stride] of [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
  ] as const) {
    const spatial = layers.conv(y, y.shape[1], 3, { stride, groups: y.shape[1] })
    y = layers.norm(layers.conv(spatial, width, 1), { relu: true })
  }
  return head(y, layers)
}

/** The cell |nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2| of NAS-Bench-201. */
const cellNetwork: Body = (x, layers) => {
  const convolved = (from: Tensor, width: number, kernel: number, stride = 1): Tensor =>
    layers.norm(layers.conv(relu(from), width, kernel, { stride }))
  const cell = (input: Tensor): Tensor => {
    const width = input.shape[1]
    const first = convolved(input, width, 3)
    const second = add(input, convolved(first, width, 1))
    const pooled = averagePool(input, { kernel: 3, stride: 1, pads: 1, countIncludePad: false })
    return add(add(pooled, convolved(first, width, 3)), second)
  }
  const reduction = (input: Tensor, width: number): Tensor => {
    const inner = convolved(convolved(input, width, 3, 2), width, 3)
    return add(layers.conv(averagePool(input, { kernel: 2 }), width, 1), inner)
  }
  const stem = layers.norm(layers.conv(x, 16, 3))
  const last = cell(reduction(cell(reduction(cell(stem), 32)), 64))
  return head(layers.norm(last, { relu: true }), layers)
}

const mlp: Body = (x, { linear }) => {
  const hidden = [256, 256, 128].reduce((from, width) => relu(linear(from, width)), x)
  return linear(hidden, classes)
}

const mobile: Body = (x, layers) => {
  let y = layers.norm(layers.conv(x, 16, 3), { relu: true })
  for (const [width, stride] of [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
  ] as const) {
    const wide = y.shape[1] * 4
    const expanded = layers.norm(layers.conv(y, wide, 1), { relu: true })
    const spatial = layers.norm(layers.conv(expanded, wide, 3, { stride, groups: wide }), { relu: true })
    const projected = layers.conv(spatial, width, 1)
    y = layers.norm(projected, stride === 1 && width === y.shape[1] ? { add: y } : {})
  }
  return head(y, layers)
}

const images: Shape = [64, 3, 32, 32]

export const nets: readonly Net[] = [
  net('plain', '(a) plain CNN 3→32→64→64, batch norm, pooling', images, plain),
  net('resnet20', '(b) ResNet-20', images, resnet20),
  net('separable', '(c) separable convolutions, 16 to 64 channels', images, separable),
  net('nas-bench-201', '(d) NAS-Bench-201 cells, C = 16, N = 1', images, cellNetwork),
  net('mlp', '(e) MLP 100→256→256→128→10, batch 256', [256, 100], mlp),
  net('mobile', '(f) inverted residuals, 16 to 64 channels', images, mobile),
]
