import { apply } from '../graph.ts'
import type { Emitter, Op } from '../op.ts'
import { expectType, sameShape, shapeError } from '../shapes.ts'
import type { Attributes, Tensor, TensorType } from '../tensor.ts'
import { mul, none } from './arithmetic.ts'
import { broadcastTo } from './broadcast.ts'
import { reshape } from './shape.ts'
import { constant } from '../graph.ts'
import { lowerMaxPoolGradient, lowerMaxPoolSelect } from './pooling-lowering.ts'
import { insertZeros, pad, slice } from './window.ts'
import { explicitPads, type Pads, type Two, two } from './spatial.ts'

/** Window of a pooling: sizes, steps, and padding as [top, left, bottom, right]. */
export type PoolAttributes = { readonly kernel: Two; readonly strides: Two; readonly pads: Pads }
type AverageAttributes = PoolAttributes & { readonly countIncludePad: boolean }

export interface PoolOptions {
  readonly kernel: number | Two
  /** Default: the kernel. */
  readonly stride?: number | Two
  /** One number for all sides, [vertical, horizontal], or [top, left, bottom, right]; default 0. */
  readonly pads?: number | readonly number[]
}

function poolType(op: string, inputs: readonly TensorType[], { kernel, strides, pads }: PoolAttributes): TensorType {
  const x = inputs[0]
  expectType(op, 'float32', inputs)
  if (x.shape.length !== 4) shapeError(op, 'wants x[N, C, H, W]', inputs)
  if (kernel.some((size, i) => pads[i] >= size || pads[i + 2] >= size)) shapeError(op, 'padding must be smaller than the kernel', inputs)
  const space = kernel.map((size, i) => Math.floor((x.shape[i + 2] + pads[i] + pads[i + 2] - size) / strides[i]) + 1)
  if (space.some((size) => size < 1)) shapeError(op, `a ${kernel.join('×')} window does not fit`, inputs)
  return { shape: [x.shape[0], x.shape[1], ...space], dtype: 'float32' }
}

const onnxWindow = ({ kernel, strides, pads }: PoolAttributes): { kernel_shape: Two; strides: Two; pads: Pads } => ({
  kernel_shape: kernel,
  strides,
  pads,
})

const maxPoolOp: Op<PoolAttributes, 'maxPool'> = {
  name: 'maxPool',
  infer: (inputs, attributes) => poolType('maxPool', inputs, attributes),
  gradient: (node, upstream) => [apply(maxPoolGradientOp, [node.inputs[0], node, upstream], node.attributes)],
  lower: (node, inputs, emit) => emit.node('MaxPool', inputs, onnxWindow(node.attributes)),
}

/** (x, y = maxPool(x), dy) → dx: each dy goes to the first largest element of its window, in row-major order. */
const maxPoolGradientOp: Op<PoolAttributes, 'maxPoolGradient'> = {
  name: 'maxPoolGradient',
  infer(inputs, attributes) {
    const [x, y, dy] = inputs
    const type = poolType('maxPoolGradient', inputs, attributes)
    if (!sameShape(type.shape, y.shape) || !sameShape(type.shape, dy.shape))
      shapeError('maxPoolGradient', 'wants x, maxPool(x) and its gradient', inputs)
    return { shape: x.shape, dtype: 'float32' }
  },
  gradient: (node, upstream) => [undefined, undefined, apply(maxPoolSelectOp, [node.inputs[0], node.inputs[1], upstream], node.attributes)],
  lower: (node, inputs, emit) => lowerMaxPoolGradient(node, inputs, emit),
}

/** (x, y = maxPool(x), u) → the element of u where x has its window's first largest element: the transpose of maxPoolGradient. */
const maxPoolSelectOp: Op<PoolAttributes, 'maxPoolSelect'> = {
  name: 'maxPoolSelect',
  infer(inputs, attributes) {
    const [x, y, u] = inputs
    const type = poolType('maxPoolSelect', inputs, attributes)
    if (!sameShape(type.shape, y.shape) || !sameShape(x.shape, u.shape))
      shapeError('maxPoolSelect', 'wants x, maxPool(x) and values like x', inputs)
    return type
  },
  gradient: (node, upstream) => [
    undefined,
    undefined,
    apply(maxPoolGradientOp, [node.inputs[0], node.inputs[1], upstream], node.attributes),
  ],
  lower: (node, inputs, emit) => lowerMaxPoolSelect(node, inputs, emit),
}

const averagePoolOp: Op<AverageAttributes, 'averagePool'> = {
  name: 'averagePool',
  infer: (inputs, attributes) => poolType('averagePool', inputs, attributes),
  gradient: (node, upstream) => [averagePoolGradient(node, upstream)],
  lower(node, inputs, emit: Emitter) {
    return emit.node('AveragePool', inputs, { ...onnxWindow(node.attributes), count_include_pad: node.attributes.countIncludePad ? 1 : 0 })
  },
}

const globalAveragePoolOp: Op<Attributes, 'globalAveragePool'> = {
  name: 'globalAveragePool',
  infer(inputs) {
    const x = inputs[0]
    expectType('globalAveragePool', 'float32', inputs)
    if (x.shape.length !== 4) shapeError('globalAveragePool', 'wants x[N, C, H, W]', inputs)
    return { shape: [x.shape[0], x.shape[1], 1, 1], dtype: 'float32' }
  },
  gradient(node, upstream) {
    const { shape } = node.inputs[0]
    return [broadcastTo(mul(upstream, 1 / (shape[2] * shape[3])), shape)]
  },
  lower: (_, inputs, emit) => emit.node('GlobalAveragePool', inputs),
}
export const poolingOps = {
  maxPool: maxPoolOp,
  maxPoolGradient: maxPoolGradientOp,
  maxPoolSelect: maxPoolSelectOp,
  averagePool: averagePoolOp,
  globalAveragePool: globalAveragePoolOp,
}

/** How many elements of the image each window covers. */
function windowCounts(size: number, outputs: number, kernel: number, stride: number, before: number): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - before
    return Math.min(start + kernel, size) - Math.max(start, 0)
  })
}

/** The gradient of average pooling is an average pooling too: of the shares of dy with zeros put between and around them. */
function averagePoolGradient(node: Tensor<AverageAttributes>, upstream: Tensor): Tensor {
  const { kernel, strides, pads, countIncludePad } = node.attributes
  const { shape } = node.inputs[0]
  const area = kernel[0] * kernel[1]
  let share = upstream
  if (!countIncludePad && pads.some((count) => count > 0)) {
    const [rows, columns] = [0, 1].map((i) => windowCounts(shape[i + 2], node.shape[i + 2], kernel[i], strides[i], pads[i])) as [
      number[],
      number[],
    ]
    share = mul(
      share,
      constant(
        rows.flatMap((r) => columns.map((c) => area / (r * c))),
        [rows.length, columns.length],
      ),
    )
  }
  const tiles = [0, 1].every(
    (i) => kernel[i] === strides[i] && pads[i] === 0 && pads[i + 2] === 0 && node.shape[i + 2] * kernel[i] === shape[i + 2],
  )
  if (tiles) {
    const [batch, channels, height, width] = node.shape as [number, number, number, number]
    const cells = reshape(mul(share, 1 / area), [batch, channels, height, 1, width, 1])
    return reshape(broadcastTo(cells, [batch, channels, height, kernel[0], width, kernel[1]]), shape)
  }
  const spread = insertZeros(share, [1, 1, ...strides])
  // Bring the sum window of every input element inside: kernel - 1 - pad zeros in front; what is needed behind follows from the size.
  const front = [0, 1].map((i) => kernel[i] - 1 - pads[i])
  const behind = [0, 1].map((i) => shape[i + 2] + kernel[i] - 1 - front[i] - spread.shape[i + 2])
  // Input elements that no window covers get zeros afterwards: ONNX Runtime moves padding into the pooling, where it must be below the kernel.
  const inside = behind.map((count, i) => Math.min(count, kernel[i] - 1))
  const padded = pad(spread, [0, 0, ...front], [0, 0, ...inside.map((count) => Math.max(count, 0))])
  const ends = padded.shape.map((size, i) => (i < 2 ? size : size + Math.min(inside[i - 2], 0)))
  const summed = averagePool(slice(padded, [0, 0, 0, 0], ends), { kernel, stride: 1, countIncludePad: true })
  return pad(summed, [0, 0, 0, 0], [0, 0, ...behind.map((count, i) => count - inside[i])])
}

const poolAttributes = ({ kernel, stride, pads }: PoolOptions): PoolAttributes => ({
  kernel: two(kernel),
  strides: two(stride ?? kernel),
  pads: explicitPads(pads ?? 0),
})

/** Largest element of each window of x[N, C, H, W]; the gradient goes to the first largest one, as in PyTorch. */
export const maxPool = (x: Tensor, options: PoolOptions): Tensor => apply(maxPoolOp, [x], poolAttributes(options))

/** Mean of each window of x[N, C, H, W]. `countIncludePad` (default true, as in PyTorch) counts padding as zeros; false leaves it out. */
export const averagePool = (x: Tensor, options: PoolOptions & { readonly countIncludePad?: boolean }): Tensor =>
  apply(averagePoolOp, [x], { ...poolAttributes(options), countIncludePad: options.countIncludePad ?? true })

/** Mean over height and width: [N, C, H, W] gives [N, C, 1, 1]. */
export const globalAveragePool = (x: Tensor): Tensor => apply(globalAveragePoolOp, [x], none)
