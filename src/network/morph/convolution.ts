import { sizeOf } from '../../tensor/index.ts'
import { padsOf } from '../layers/padding.ts'
import { type Channels, compose, covers, isSame, widened } from './channels.ts'
import type { LayerOf, NewWeights, Rule, Sources } from './rule.ts'
import { remap, remapDepthwise, spread } from './weights.ts'

type Convolution = LayerOf<'convolution'>

const extentsOf = ({ kernel, width = kernel }: Convolution): readonly [number, number] => [kernel, width]

const axes = { reads: 1, gives: 0 } as const

/** Whether a larger kernel with the smaller one in its middle, zeros around, sees the same pixels at the same places. */
function enlarges(before: Convolution, after: Convolution): boolean {
  if (before.stride !== after.stride || before.dilation !== after.dilation) return false
  const from = extentsOf(before)
  return extentsOf(after).every((size, axis) => {
    const more = size - from[axis]
    if (more === 0) return before.padding === after.padding
    if (more < 0 || more % 2 !== 0) return false
    if (before.padding === undefined || after.padding === undefined) {
      // With 'same' padding odd windows are centred; even ones are not.
      return before.padding === after.padding && size % 2 === 1
    }
    return after.padding - before.padding === (more / 2) * after.dilation
  })
}

/** Whether a window of stride 1 gives as many values as it reads, and which of its elements stands over the middle. */
function centreOf(layer: Convolution, extent: readonly number[]): number | undefined {
  if (layer.stride !== 1) return undefined
  let index = 0
  const sizes = extent.length === 1 ? [layer.kernel] : extentsOf(layer)
  for (const [axis, size] of sizes.entries()) {
    const window = { extent: (size - 1) * layer.dilation + 1, stride: 1, padding: layer.padding }
    const [before, after] = padsOf(extent[axis], window)
    if (before + after !== window.extent - 1 || before % layer.dilation !== 0) return undefined
    index = index * size + before / layer.dilation
  }
  return index
}

/**
 * Net2Wider and Net2Deeper for convolutions (Chen, Goodfellow, Shlens 2016, arXiv:1511.05641): more filters repeat the old ones and their readers divide what
 * they give; a larger kernel has zeros around; a new one is the identity.
 */
export const convolution: Rule<Convolution> = {
  carry({ layer: before, inputShape }, after, { input: { channels }, inputShape: reads, outputShape }) {
    if (!enlarges(before, after) || (before.bias && !after.bias)) return undefined
    if (
      before.groups === inputShape[0] &&
      after.groups === reads[0] &&
      before.channels === before.groups &&
      after.channels === after.groups
    ) {
      return {
        channels,
        positive: false,
        weights: ({ old, fresh }) => ({
          weight: remapDepthwise(old('weight'), fresh('weight'), channels),
          ...biasOf(before, after, channels, { old, fresh }),
        }),
      }
    }
    if (before.groups !== after.groups || after.channels < before.channels || !covers(channels, inputShape[0])) return undefined
    // Groups that stay as they are can be copied; others would have to be widened group by group.
    if (after.groups > 1 && (after.channels !== before.channels || !isSame(channels, inputShape[0]))) return undefined
    const gives = widened(before.channels, outputShape[0])
    const reading = after.groups > 1 ? channels.slice(0, channels.length / after.groups) : channels
    return {
      channels: gives,
      positive: false,
      weights: ({ old, fresh, random }) => ({
        weight: remap(old('weight'), fresh('weight'), axes, reading, gives, random),
        ...biasOf(before, after, gives, { old, fresh }),
      }),
    }
  },

  insert(layer, { input, inputShape, outputShape }) {
    const [from, ...extent] = inputShape
    const to = outputShape[0]
    const depthwise = layer.groups === from && to === from
    const centre = centreOf(layer, extent)
    if (centre === undefined || to < from || (layer.groups !== 1 && !depthwise)) return undefined
    const repeats = widened(from, to)
    return {
      channels: compose(repeats, input.channels),
      positive: input.positive,
      weights({ fresh }) {
        const { shape, data } = fresh('weight')
        const size = sizeOf(shape.slice(2))
        data.fill(0)
        for (let give = 0; give < to; give++) data[(give * shape[1] + (depthwise ? 0 : repeats[give])) * size + centre] = 1
        return { weight: data, ...(layer.bias ? { bias: new Float32Array(to) } : {}) }
      },
    }
  },
}

/** A bias that was not there is 0. */
function biasOf(before: Convolution, after: Convolution, channels: Channels, { old, fresh }: Pick<Sources, 'old' | 'fresh'>): NewWeights {
  if (!after.bias) return {}
  return { bias: before.bias ? spread(old('bias'), fresh('bias'), channels) : new Float32Array(channels.length) }
}
