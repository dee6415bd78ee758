import { compose, covers, widened } from './channels.ts'
import type { LayerOf, Rule } from './rule.ts'
import { remap, spread } from './weights.ts'

/** Net2Wider and Net2Deeper for dense layers (Chen, Goodfellow, Shlens 2016, arXiv:1511.05641). */
export const dense: Rule<LayerOf<'dense'>> = {
  carry({ layer: before, inputShape }, after, { input: { channels } }) {
    if (after.units < before.units || (before.bias && !after.bias) || !covers(channels, inputShape[0])) return undefined
    const gives = widened(before.units, after.units)
    return {
      channels: gives,
      positive: false,
      weights: ({ old, fresh, random }) => ({
        weight: remap(old('weight'), fresh('weight'), { reads: 0, gives: 1 }, channels, gives, random),
        ...(after.bias ? { bias: before.bias ? spread(old('bias'), fresh('bias'), gives) : new Float32Array(after.units) } : {}),
      }),
    }
  },
  insert(layer, { input, inputShape: [from], outputShape: [to] }) {
    if (to < from) return undefined
    const repeats = widened(from, to)
    return {
      channels: compose(repeats, input.channels),
      positive: input.positive,
      weights({ fresh }) {
        const { data } = fresh('weight')
        data.fill(0)
        for (let give = 0; give < to; give++) data[repeats[give] * to + give] = 1
        return { weight: data, ...(layer.bias ? { bias: new Float32Array(to) } : {}) }
      },
    }
  },
}
