import { sameShape } from '../shapes.ts'
import type { Shape, Tensor } from '../tensor.ts'
import { sizeOf } from '../tensor.ts'
import type { BlockedValues } from './blocked-values.ts'
import type { Lowered, Rule } from './rule.ts'

/** Whether batch and channels stay and only the rest changes. */
const keepsChannels = (a: Shape, b: Shape): boolean => a.length >= 3 && b.length >= 3 && a[0] === b[0] && a[1] === b[1]

/** Settings for each axis in the order of split blocked data [N, P / b, …rest, b]. */
const split = (perAxis: readonly number[], block: number): number[] => [...perAxis, block]

function reshapeRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const [x] = node.inputs
  if (!values.has(x) || !keepsChannels(x.shape, node.shape)) return undefined
  return { blocked: values.join(values.of(x), node.shape) }
}

function padRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const [x] = node.inputs
  const { before, after, value } = node.attributes as { before: readonly number[]; after: readonly number[]; value: number }
  if (!values.has(x) || [before, after].some((counts) => counts[0] !== 0 || counts[1] !== 0)) return undefined
  const { emit } = values
  const pads = emit.ints([...split(before, 0), ...split(after, 0)])
  const data = values.split(values.of(x), x.shape)
  const padded = emit.node('Pad', value === 0 ? [data, pads] : [data, pads, emit.floats([value], [])])
  return { blocked: values.join(padded, node.shape) }
}

function sliceRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const [x] = node.inputs
  const { starts, ends, steps } = node.attributes as {
    starts: readonly number[]
    ends: readonly number[]
    steps: readonly number[]
  }
  if (!values.has(x) || x.shape.length < 3) return undefined
  const { emit, block } = values
  const all = node.shape[1] === x.shape[1]
  const wholeBlocks = all || (steps[1] === 1 && starts[1] % block === 0 && ends[1] % block === 0)
  if (!wholeBlocks) return undefined
  const axes = x.shape.flatMap((size, i) => (starts[i] === 0 && ends[i] === size && steps[i] === 1 ? [] : [i]))
  const pick = (numbers: readonly number[]): string => emit.ints(axes.map((axis) => numbers[axis]))
  const perBlock = (numbers: readonly number[]): number[] => numbers.map((number, i) => (i === 1 ? number / block : number))
  const data = values.split(values.of(x), x.shape)
  const cut = emit.node('Slice', [data, pick(perBlock(starts)), pick(perBlock(ends)), emit.ints(axes), pick(steps)])
  return { blocked: values.join(cut, node.shape) }
}

function concatRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const { axis } = node.attributes as { axis: number }
  if (!values.fits(node) || !node.inputs.some((x) => values.has(x))) return undefined
  if (axis === 1 && node.inputs.some((x) => x.shape[1] % values.block !== 0)) return undefined
  const parts = node.inputs.map((x) => values.split(values.of(x), x.shape))
  return { blocked: values.join(values.emit.node('Concat', parts, { axis }), node.shape) }
}

/** Repeats single positions over an image: global pooling's gradient, and attention over channels. */
function broadcastRule(node: Tensor, values: BlockedValues): Lowered | undefined {
  const [x] = node.inputs
  if (!keepsChannels(x.shape, node.shape) || x.shape.length !== node.shape.length) return undefined
  const isVector = sizeOf(x.shape.slice(2)) === 1
  if (isVector && node.shape.length === 4 && (values.has(x) || x.shape[1] % values.block === 0)) {
    return { blocked: values.node('Upsample', [values.of(x)], { scales: [1, 1, node.shape[2], node.shape[3]] }) }
  }
  if (!values.has(x)) return undefined
  const tiles = tileScales(x.shape, node.shape)
  if (tiles) {
    const image = values.reshape(values.of(x), [x.shape[0], values.padded(x.shape[1]), x.shape[2], x.shape[4]])
    const larger = values.node('Upsample', [image], { scales: [1, 1, ...tiles] })
    return { blocked: values.reshape(larger, [node.shape[0], values.padded(node.shape[1]), ...node.shape.slice(2)]) }
  }
  const [batch, channels, ...rest] = node.shape
  const target = [batch, values.padded(channels) / values.block, ...rest, values.block]
  const spread = values.emit.node('Expand', [values.split(values.of(x), x.shape), values.emit.ints(target)])
  return { blocked: values.join(spread, node.shape) }
}

/** Whether [N, C, h, 1, w, 1] becomes [N, C, h, a, w, b], each position repeated: [a, b]. */
function tileScales(from: Shape, to: Shape): [number, number] | undefined {
  if (from.length !== 6 || from[3] !== 1 || from[5] !== 1) return undefined
  return sameShape([from[2], from[4]], [to[2], to[4]]) ? [to[3], to[5]] : undefined
}

export const shapeRules = {
  reshape: reshapeRule,
  pad: padRule,
  slice: sliceRule,
  concat: concatRule,
  broadcastTo: broadcastRule,
} satisfies Record<string, Rule>
