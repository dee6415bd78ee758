import type { PoolAttributes } from '../ops/pooling.ts'
import type { Pads } from '../ops/spatial.ts'
import type { Tensor } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import { emitMaxPoolGradient } from './max-pool-gradient.ts'
import type { Lowered, Rule } from './rule.ts'

const onnxWindow = ({ kernel, strides, pads }: PoolAttributes) => ({ kernel_shape: kernel, strides, pads, dilations: [1, 1] })

const maxPool: Rule = (node, values) => {
  const [x] = node.inputs as [Tensor]
  return values.has(x) ? { blocked: values.node('MaxPool', [values.of(x)], onnxWindow(node.attributes as PoolAttributes)) } : undefined
}

/** Windows of 2×2 that do not overlap: the largest element is in the upper or lower row, and there left or right. */
function maxPoolGradient(node: Tensor, values: BlockedValues): Lowered | undefined {
  const { kernel, strides, pads } = node.attributes as unknown as PoolAttributes
  const [x, , dy] = node.inputs as [Tensor, Tensor, Tensor]
  const [batch, channels, height, width] = x.shape
  const isTile = [kernel, strides].every(([a, b]) => a === 2 && b === 2) && pads.every((count) => count === 0)
  if (!isTile || height % 2 !== 0 || width % 2 !== 0 || !values.has(x)) {
    const name = emitMaxPoolGradient(node, values)
    return name === undefined ? undefined : { blocked: name }
  }
  const { emit, block } = values
  const all = values.padded(channels)
  const image = values.of(x)
  const larger = values.node('MaxPool', [image], { kernel_shape: [1, 2], strides: [1, 2], pads: [0, 0, 0, 0], dilations: [1, 1] })
  const upper = firstIsLarger(larger, values, all, [2, 1])
  const left = firstIsLarger(image, values, all, [1, 2])
  const up = emit.node('Mul', [values.of(dy), upper])
  const down = emit.node('Sub', [values.of(dy), up])
  const rows = interleave(values, [up, down], (batch * all * height) / 2 / block, (width / 2) * block)
  const half = values.reshape(rows, [batch, all, height, width / 2])
  const first = emit.node('Mul', [half, left])
  const second = emit.node('Sub', [half, first])
  const cells = interleave(values, [first, second], (batch * all * height * width) / 2 / block, block)
  return { blocked: values.reshape(cells, [batch, all, height, width]) }
}

/** 1 where the first of two neighbours, along the axis where the window is 2 long, is not smaller than the second; else 0. */
function firstIsLarger(image: string, values: BlockedValues, channels: number, window: readonly number[]): string {
  const { emit, block } = values
  const pair = Float32Array.from({ length: channels * 2 }, (_, i) => (Math.floor(i / block) % 2 === 0 ? 1 : -1))
  const filter = emit.floats(pair, [channels, 1, ...window])
  const attributes = { kernel_shape: window, strides: window, pads: [0, 0, 0, 0], dilations: [1, 1], group: channels }
  const difference = values.node('Conv', [image, filter], attributes)
  return emit.node('HardSigmoid', [difference], { alpha: { float: 1e30 }, beta: { float: 1 } })
}

/** Runs of `length` numbers of two tensors by turns. */
function interleave(values: BlockedValues, parts: readonly string[], runs: number, length: number): string {
  const shaped = parts.map((part) => values.reshape(part, [runs, 1, length]))
  return values.emit.node('Concat', shaped, { axis: 1 })
}

function averagePool(node: Tensor, values: BlockedValues): Lowered | undefined {
  const attributes = node.attributes as PoolAttributes & { readonly countIncludePad: boolean }
  const { x, pads } = withoutPad(node, values, attributes) ?? { x: node.inputs[0], pads: attributes.pads }
  if (!values.has(x)) return undefined
  const settings = { ...onnxWindow({ ...attributes, pads }), count_include_pad: attributes.countIncludePad ? 1 : 0 }
  return { blocked: values.node('AveragePool', [values.of(x)], settings) }
}

/** Zeros put around the input, as average pooling's gradient does, are padding that the operator can do by itself. */
function withoutPad(
  { inputs: [padded] }: Tensor,
  values: BlockedValues,
  { kernel, pads, countIncludePad }: PoolAttributes & { readonly countIncludePad: boolean },
): { readonly x: Tensor; readonly pads: Pads } | undefined {
  if (padded?.op !== 'pad' || padded.attributes.value !== 0 || !countIncludePad || pads.some((count) => count > 0)) return undefined
  const { before, after } = padded.attributes as { readonly before: readonly number[]; readonly after: readonly number[] }
  const around: Pads = [before[2], before[3], after[2], after[3]]
  const isImage = [before, after].every((counts) => counts[0] === 0 && counts[1] === 0)
  const fits = around.every((count, i) => count < kernel[i % 2])
  const [x] = padded.inputs
  return isImage && fits && x && values.has(x) ? { x, pads: around } : undefined
}

function globalAveragePool(node: Tensor, values: BlockedValues): Lowered | undefined {
  const [x] = node.inputs
  return values.has(x) ? { blocked: values.node('GlobalAveragePool', [values.of(x)]) } : undefined
}

export const poolingRules = {
  maxPool,
  maxPoolGradient,
  averagePool,
  globalAveragePool,
} satisfies Record<string, Rule>
